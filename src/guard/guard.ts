import { type ApiRequest, type Forwarded, type ForwardingClient, readAnsweredUsers } from "../api";
import { singleLine } from "../text";
import {
  ACTIVATED,
  BatchLookUp,
  type DirectoryUser,
  type ProtectedUsers,
  type Resolution,
  STATUS_BEFORE,
  SUSPENDED,
} from "../users";
import { type Approval, APPROVES_NOTHING, byChange, type Change, meantBy } from "./approval";
import type { Audit } from "./audit";
import { type ChangeRequest, checkRequest, type KnownRequest } from "./request";
import {
  failed,
  leaveUndecided,
  type Refused,
  refuse,
  refuseAll,
  type Ruling,
  type Undecided,
} from "./ruling";
import { type GuardSummary, Tally } from "./tally";

/** What a guard needs. */
export interface GuardOptions {
  /** What the plans show; absent: only reads pass. */
  readonly approval?: Approval;
  /** Holds the key. */
  readonly client: ForwardingClient;
  /** The tenant in which the key acts. */
  readonly tenantId?: string;
  /** Whom the operator protects. */
  readonly protectedUsers: ProtectedUsers;
  /** When the plans are too old, in milliseconds since 1970. */
  readonly endsAt: number;
  /** How long before its call the guard's look-up may begin, in milliseconds. */
  readonly mostAgeMs: number;
  readonly audit: Audit;
}

/** A request at the guard's socket. */
export interface IncomingRequest {
  readonly path: string;
  /** From the body; undefined if that is no JSON. */
  readonly parameters: unknown;
  readonly host: string | undefined;
  readonly tenantId: string | undefined;
}

/** A user of a call, as the guard's look-up right before it shows the user. Also what the audit file says of one. */
interface Person {
  readonly id: string;
  readonly user_id: string;
  readonly status: string | undefined;
  readonly status_changed_at: string | undefined;
}

/** How often the guard looks up whom a call changes, where the call's turn comes too late after it. */
const MOST_LOOKS = 3;

const NOT_APPROVED: Readonly<Record<Change, string>> = {
  deletion: "no approved plan deletes",
  suspension: "no approved plan suspends",
  reactivation: "no approved plan reactivates, and this run did not suspend,",
};

const NO_SECOND = "this run has done so before, and makes no second";

/**
 * Holds the key, and lets through what reads the pool and what approved plans show. Nothing that a run says is believed.
 *
 * The methods of this class are its rules, in the order in which a request meets them.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #approval: Approval;
  readonly #tally: Tally;
  /** Whom calls of this run named, by system user id, and since when they had the status that the look-up right before showed. */
  readonly #sent = byChange(() => new Map<string, string | undefined>());
  /** Of these: whose call GenAuth answered with a success. */
  readonly #done = byChange(() => new Set<string>());
  /** Since when they are suspended whom this run suspended, by system user id, as GenAuth's answer told. */
  readonly #suspendedAt = new Map<string, string | undefined>();
  /** Whose status a call is changing now, by system user id. */
  readonly #busy = new Set<string>();

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#approval = options.approval ?? APPROVES_NOTHING;
    this.#tally = new Tally(options.audit);
  }

  /**
   * Decides on a request, and sends it if it passes.
   *
   * @param gone fires when the client waits no longer: nothing is sent any more
   */
  async answer(incoming: IncomingRequest, gone: AbortSignal): Promise<Ruling> {
    const number = this.#tally.nextRequest();
    const known = this.#refuseForeign(incoming) ?? checkRequest(incoming.path, incoming.parameters);
    const isKnown = !("kind" in known);
    const ruling = isKnown ? await this.#decide(number, known, gone).catch(failed) : known;
    if (ruling.kind === "refused" || ruling.kind === "undecided")
      await this.#tally.noteRefusal(number, ruling, isKnown ? known.change : undefined);
    return ruling;
  }

  summary(): GuardSummary {
    return this.#tally.summary(this.#approval, this.#sent, this.#done);
  }

  /** A run must be the one whose key this is. */
  #refuseForeign({ host, tenantId }: IncomingRequest): Refused | undefined {
    const { client, tenantId: own } = this.#options;
    if (host !== client.origin)
      return refuseAll(
        `it holds the key for ${client.origin}, and this run calls ${singleLine(host ?? "no host").slice(0, 200)}. Give both the same GENAUTH_HOST`,
      );
    return tenantId === own
      ? undefined
      : refuseAll("it acts in another tenant than this run. Give both the same GENAUTH_TENANT_ID");
  }

  /** What only reads passes as it is. */
  async #decide(number: number, { request, change }: KnownRequest, gone: AbortSignal): Promise<Ruling> {
    if (change) return await this.#decideOnChange(number, request, change, gone);
    const forwarded = await this.#options.client.forward(request, gone);
    return forwarded ? { kind: "sent", reply: forwarded.reply } : { kind: "abandoned" };
  }

  /** A change is of people whom a plan shows, and no two calls change the status of one person at the same time. */
  async #decideOnChange(
    number: number,
    request: ApiRequest,
    change: ChangeRequest,
    gone: AbortSignal,
  ): Promise<Ruling> {
    if (!this.#options.approval) return refuse("this guard lets only reads pass");
    const { kind, ids } = change;
    const others = ids.filter((id) => this.#whoIsMeant(change, id) === undefined);
    if (others.length > 0) return refuse(`${NOT_APPROVED[kind]} ${whom(others.length, ids.length)}`);
    if (kind === "deletion") return await this.#lookAndSend(number, request, change, gone);
    if (ids.some((id) => this.#busy.has(id)))
      return refuse("another call changes the status of one of the users");
    for (const id of ids) this.#busy.add(id);
    try {
      return await this.#lookAndSend(number, request, change, gone);
    } finally {
      for (const id of ids) this.#busy.delete(id);
    }
  }

  /** The system user id of the person whom a call means: as the plans say it, or one whom this run has suspended. */
  #whoIsMeant({ kind, type }: ChangeRequest, id: string): string | undefined {
    return this.#isSetBack(kind, id) ? id : meantBy(this.#approval, kind, type, id);
  }

  /** Whether a call, which names people by system user id, undoes what this run did. */
  #isSetBack(kind: Change, userId: string): boolean {
    return kind === "reactivation" && this.#sent.suspension.has(userId);
  }

  /** A change is sent right after a look-up of the guard's own. If its turn comes too late after it, the guard looks again. */
  async #lookAndSend(
    number: number,
    request: ApiRequest,
    change: ChangeRequest,
    gone: AbortSignal,
  ): Promise<Ruling> {
    const { client, endsAt, mostAgeMs } = this.#options;
    for (let look = 1; look <= MOST_LOOKS && !gone.aborted; look += 1) {
      const latest = performance.now() + mostAgeMs;
      const people = await this.#look(change, gone);
      if ("kind" in people) return people;
      const mayGo = async (): Promise<boolean> => {
        if (performance.now() > latest || Date.now() > endsAt) return false;
        await this.#noteCall(number, change, people);
        return true;
      };
      const forwarded = await client.forward(request, gone, mayGo).catch(failed);
      // The call could not be noted, or this program has an error.
      if (forwarded && "kind" in forwarded) return refuseAll(forwarded.reason);
      if (forwarded) return await this.#noteAnswer(number, change, people, forwarded);
      if (Date.now() > endsAt)
        return refuseAll(
          "its plans are too old by now (--max-plan-age). Plan again, and have the new plan approved",
        );
    }
    return gone.aborted ? { kind: "abandoned" } : leaveUndecided("its calls wait too long after a look-up");
  }

  /** @returns the people of a change as they are now, or why it is not sent: one who is to be kept keeps all of the call */
  async #look(change: ChangeRequest, gone: AbortSignal): Promise<readonly Person[] | Refused | Undecided> {
    const { type, ids } = change;
    const people: Person[] = [];
    const reasons: string[] = [];
    for (const [id, found] of await new BatchLookUp(this.#options.client, type, gone).lookUp(ids)) {
      if (found.kind === "undecided")
        return leaveUndecided(`it could not look up whom the call changes: ${found.failure.message}`);
      const reason = this.#reasonToKeep(change, id, found);
      if (reason !== undefined) reasons.push(reason);
      else if (found.kind === "found") people.push(personOf(id, found.user));
    }
    const [reason] = reasons;
    if (reason === undefined) return people;
    return refuse(`${reason} ${whom(reasons.filter((its) => its === reason).length, ids.length)}`);
  }

  /** The plan means the very person whom the look-up shows; nobody protects, declares or retains them; and it is done once. */
  #reasonToKeep(change: ChangeRequest, id: string, found: Resolution): string | undefined {
    if (found.kind === "absent") return "GenAuth no longer shows";
    if (found.kind !== "found" || found.userId !== this.#whoIsMeant(change, id))
      return "the plan means somebody else than who has got the id of";
    const { user } = found;
    const { kind } = change;
    if (this.#options.protectedUsers.match(user)) return "this pipeline protects";
    if (kind !== "reactivation" && this.#approval.declared.match(user)) return "one plan declares or retains";
    if (this.#done[kind].has(user.userId)) return `${NO_SECOND} ${kind} of`;
    return kind === "deletion" ? this.#reasonNotToDelete(user) : this.#reasonToLeaveStatus(kind, user);
  }

  /** Whose day has come is deleted only if the suspension has lasted. Whom this run suspends was active before. */
  #reasonNotToDelete({ userId, status = ACTIVATED }: DirectoryUser): string | undefined {
    const isActive = status === ACTIVATED || this.#sent.suspension.has(userId);
    return isActive && this.#approval.due.has(userId)
      ? "the plan deletes after a suspension, which somebody else has ended, or GenAuth does not show, of"
      : undefined;
  }

  /** A status that somebody else has set stays. */
  #reasonToLeaveStatus(
    kind: "suspension" | "reactivation",
    { userId, status, statusChangedAt }: DirectoryUser,
  ): string | undefined {
    const next = kind === "suspension" ? SUSPENDED : ACTIVATED;
    if (status !== STATUS_BEFORE[next])
      return `only who is ${STATUS_BEFORE[next]} may become ${next}, which is not so of`;
    // An earlier call that had no effect, whatever its answer was, has left the time as it was.
    const sent = this.#sent[kind];
    if (sent.has(userId) && sent.get(userId) !== statusChangedAt) return `${NO_SECOND} ${kind} of`;
    const suspendedAt = this.#suspendedAt.get(userId);
    const isOurs = suspendedAt !== undefined && suspendedAt === statusChangedAt;
    return this.#isSetBack(kind, userId) && !isOurs
      ? "nothing shows that it was this run that suspended, and not somebody else,"
      : undefined;
  }

  /** Notes a call right before it is sent. On the disk: a guard that is killed leaves a trace of what it may have done. */
  async #noteCall(number: number, { kind, type }: ChangeRequest, people: readonly Person[]): Promise<void> {
    const line = { event: "sending", request: number, change: kind, user_id_type: type, users: people };
    await this.#options.audit.write(line);
    for (const { user_id, status_changed_at } of people) this.#sent[kind].set(user_id, status_changed_at);
  }

  async #noteAnswer(
    number: number,
    { kind }: ChangeRequest,
    people: readonly Person[],
    { reply, codes, milliseconds }: Forwarded,
  ): Promise<Ruling> {
    const { statusCode: status, apiCode: api_code, requestId: request_id, cause } = codes;
    if (cause === undefined) for (const { user_id } of people) this.#done[kind].add(user_id);
    if (kind === "suspension")
      for (const { userId, statusChangedAt } of readAnsweredUsers(reply))
        this.#suspendedAt.set(userId, statusChangedAt);
    const answered = { event: "answered", request: number, status, api_code, request_id, cause };
    // The call was made. If its answer cannot be recorded any more, the next change is refused.
    await this.#options.audit
      .write({ ...answered, milliseconds: Math.round(milliseconds) })
      .catch(() => undefined);
    return { kind: "sent", reply };
  }
}

/** A user as the audit file names one. */
function personOf(id: string, { userId, status, statusChangedAt }: DirectoryUser): Person {
  return { id, user_id: userId, status, status_changed_at: statusChangedAt };
}

/** Without the ids, so that messages about many users are one. */
function whom(number: number, of: number): string {
  return of === 1 ? "this user" : `${number} of these ${of} users`;
}
