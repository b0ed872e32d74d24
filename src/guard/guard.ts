import type { ApiRequest, Relay, Relayed, RelayTurn } from "../api";
import { singleLine } from "../text";
import type { Clock } from "../timing";
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
import { type ChangeRequest, checkRequest } from "./request";
import { failed, leaveUndecided, type Refused, refuse, refuseAll, type Ruling } from "./ruling";
import { type GuardSummary, Tally } from "./tally";

/*
 * The guard holds the key of a run, and decides which requests are signed and sent with it. What it is up
 * against, and what it relies on, in short. The page says it in full, and the rules below name its rows
 * (docs/guides/trust.md: A1, A2, A3, A4, A5, A7, P2, P9, P10, P14, S1, S5, S6, S7, D4):
 *
 * - The attacker is any code of the configuration, a provisioner or another provider. It runs as the engine's
 *   user. It sends any bytes to the guard's socket, in any order, at once, and hangs up when it likes. So
 *   nothing that a request says is believed (A1 to A7).
 * - People act at any time until the guard's last look-up. They protect, rename, suspend and reactivate
 *   users, and pass ids on (P9).
 * - The service and the network fail honestly. An answer is lost, late or refused; look-ups lag by seconds
 *   (S1 to S7).
 * - This process may die at any point (D4).
 * - Trusted are the approved plans, this process and its settings, the local clocks and the kernel. So is
 *   GenAuth over TLS: its answers are of now, show everybody who exists, and match ids as documented (T1 to
 *   T8).
 */

/** What a guard needs. */
export interface GuardOptions {
  /** What the approved plans show; undefined: only reads pass. */
  readonly approval: Approval | undefined;
  /** Signs with the key. */
  readonly relay: Relay;
  /** The tenant in which the key acts; undefined: none was named. */
  readonly tenantId: string | undefined;
  /** The users that the operator protects. */
  readonly protectedUsers: ProtectedUsers;
  /** When the plans are too old, in milliseconds since 1970. */
  readonly endsAt: number;
  readonly audit: Audit;
  readonly clock: Pick<Clock, "now" | "elapsed">;
}

/** A request at the guard's socket. */
export interface IncomingRequest {
  readonly path: string;
  /** From the body; undefined if that is no JSON. */
  readonly parameters: unknown;
  readonly host: string | undefined;
  readonly tenantId: string | undefined;
}

/** A call that changes users, on its way through the rules. */
interface ChangeCall extends ChangeRequest {
  /** Of its request, in the audit file. */
  readonly number: number;
  readonly request: ApiRequest;
  /** The system user id of the person that the approved plans mean by each id. */
  readonly meant: ReadonlyMap<string, string>;
}

/** A user of a call, as the look-up right before it shows the user; written so to the audit file. */
interface Person {
  readonly id: string;
  readonly user_id: string;
  readonly status: string | undefined;
  readonly status_changed_at: string | undefined;
}

/** A look-up that took longer says how things were, and not how they are (S1). In milliseconds. */
const LONGEST_LOOK_UP_MS = 5000;

/** A reason to refuse a call. {@link sentenceOf} puts the users of the call in the place of `{users}`. */
type Reason = string;

const NOT_APPROVED: Readonly<Record<Change, Reason>> = {
  deletion: "no approved plan deletes {users}",
  suspension: "no approved plan suspends {users}",
  reactivation: "no approved plan reactivates {users}",
};

/** Decides on requests. The methods are its rules, in the order in which a request meets them. */
export class Guard {
  readonly #options: GuardOptions;
  readonly #approval: Approval;
  readonly #tally: Tally;
  /**
   * The people of the calls of this run, by system user id, and since when they had the status that the
   * look-up before the call showed.
   */
  readonly #sent = byChange(() => new Map<string, string | undefined>());
  /** Of these, the people of the calls that GenAuth answered with a success. */
  readonly #done = byChange(() => new Set<string>());
  /** The people of the calls that are under way, by system user id. */
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
    if ("kind" in known) return await this.#tally.note(number, known);
    const { request, change } = known;
    const deciding = change ? this.#decideOnChange(number, request, change, gone) : this.#read(request, gone);
    return await this.#tally.note(number, await deciding.catch(failed), change);
  }

  summary(): GuardSummary {
    return this.#tally.summary(this.#approval, this.#sent, this.#done);
  }

  /** A run is for the host and the tenant of this key (P2). */
  #refuseForeign({ host, tenantId }: IncomingRequest): Refused | undefined {
    const { relay, tenantId: own } = this.#options;
    if (host !== relay.origin)
      return refuseAll(
        `it holds the key for ${relay.origin}, and this run calls ${singleLine(host ?? "no host").slice(0, 200)}. Give both the same GENAUTH_HOST`,
      );
    if (tenantId !== own)
      return refuseAll("it acts in another tenant than this run. Give both the same GENAUTH_TENANT_ID");
    return undefined;
  }

  /** A call that only reads passes. */
  async #read(request: ApiRequest, gone: AbortSignal): Promise<Ruling> {
    const relayed = await this.#options.relay.inTurn(gone, (turn) => turn.relay(request));
    return relayed ? { kind: "sent", reply: relayed.reply } : { kind: "abandoned" };
  }

  /** An approved plan shows this very change of each of its people (A2). */
  async #decideOnChange(
    number: number,
    request: ApiRequest,
    change: ChangeRequest,
    gone: AbortSignal,
  ): Promise<Ruling> {
    if (!this.#options.approval) return refuse("this guard lets only reads pass");
    const { kind, type, ids } = change;
    const meant = new Map<string, string>();
    for (const id of ids) {
      const userId = meantBy(this.#approval, kind, type, id);
      if (userId !== undefined) meant.set(id, userId);
    }
    const others = ids.length - meant.size;
    if (others > 0) return refuse(sentenceOf(NOT_APPROVED[kind], others, ids.length));
    return await this.#changeAlone({ ...change, number, request, meant }, gone);
  }

  /** One call at a time changes a person. */
  async #changeAlone(call: ChangeCall, gone: AbortSignal): Promise<Ruling> {
    const people = new Set(call.meant.values());
    if ([...people].some((userId) => this.#busy.has(userId)))
      return refuse("another call changes one of the users");
    for (const userId of people) this.#busy.add(userId);
    try {
      const ruling = await this.#options.relay.inTurn(gone, (turn) => this.#lookAndSend(turn, call, gone));
      return ruling ?? { kind: "abandoned" };
    } finally {
      for (const userId of people) this.#busy.delete(userId);
    }
  }

  /**
   * The guard looks up the people of a change, and sends it in the same turn: no flood comes in between (A3,
   * A5). The plans of a long run may become too old on the way (P14).
   */
  async #lookAndSend(turn: RelayTurn, call: ChangeCall, gone: AbortSignal): Promise<Ruling> {
    const { clock, endsAt } = this.#options;
    const begun = clock.elapsed();
    const found = await new BatchLookUp(turn.finder, call.type, undefined).lookUp(call.ids);
    const refused = this.#refuseUnclear(found) ?? this.#refuseKept(call, found);
    if (refused) return refused;
    if (clock.elapsed() - begun > LONGEST_LOOK_UP_MS)
      return leaveUndecided("its look-up of the people of the call took too long");
    if (clock.now() > endsAt)
      return refuseAll(
        "its plans are too old by now (--max-plan-age). Plan again, and have the new plan approved",
      );
    if (gone.aborted) return { kind: "abandoned" };
    const people = [...found].flatMap(([id, its]) => (its.kind === "found" ? [personOf(id, its.user)] : []));
    const unwritten = await this.#noteCall(call, people);
    return unwritten ?? (await this.#noteAnswer(call, people, await turn.relay(call.request)));
  }

  /** The look-up shows who each id names, or that it names nobody (S6, S7). */
  #refuseUnclear(found: ReadonlyMap<string, Resolution>): Ruling | undefined {
    for (const resolution of found.values()) {
      if (resolution.kind !== "undecided") continue;
      const { message, transient, reach } = resolution.failure;
      const reason = `it could not look up the users that the call changes: ${message}`;
      if (transient) return leaveUndecided(reason);
      return reach === "every_call" ? refuseAll(reason) : refuse(reason);
    }
    return undefined;
  }

  /** One user who must be kept keeps all of the call from being sent. */
  #refuseKept(call: ChangeCall, found: ReadonlyMap<string, Resolution>): Refused | undefined {
    const reasons = [...found].flatMap(([id, its]) => this.#reasonToKeep(call, id, its) ?? []);
    const [reason] = reasons;
    if (reason === undefined) return undefined;
    const alike = reasons.filter((its) => its === reason).length;
    return refuse(sentenceOf(reason, alike, call.ids.length));
  }

  /**
   * An id names the very person that the plan means (A3). Nobody protects, declares or retains this person
   * (A4). A change of a person succeeds once in a run (A2).
   */
  #reasonToKeep({ kind, meant }: ChangeCall, id: string, found: Resolution): Reason | undefined {
    if (found.kind === "absent") return "GenAuth no longer shows {users}";
    if (found.kind !== "found" || found.userId !== meant.get(id))
      return "the plan means somebody else than who has got the id of {users}";
    const { user } = found;
    if (this.#options.protectedUsers.match(user)) return "this pipeline protects {users}";
    if (kind !== "reactivation" && this.#approval.declared.match(user))
      return "one plan declares or retains {users}";
    // Look-ups lag (S5). They may still show a deleted user by an id that somebody else has got by now.
    if (this.#done[kind].has(user.userId)) return noSecond(kind);
    return kind === "deletion" ? this.#reasonNotToDelete(user) : this.#reasonToLeaveStatus(kind, user);
  }

  /**
   * After a suspension, a person is deleted only if it has lasted until now (P10). Somebody that this run
   * suspends was active before.
   */
  #reasonNotToDelete({ userId, status = ACTIVATED }: DirectoryUser): Reason | undefined {
    if (!this.#approval.due.has(userId)) return undefined;
    const hasLasted = status !== ACTIVATED && !this.#sent.suspension.has(userId);
    return hasLasted
      ? undefined
      : "the plan deletes after a suspension, which somebody else has ended, or GenAuth does not show, of {users}";
  }

  /** A status that somebody else has set stays (P10). */
  #reasonToLeaveStatus(
    kind: "suspension" | "reactivation",
    { userId, status, statusChangedAt }: DirectoryUser,
  ): Reason | undefined {
    const next = kind === "suspension" ? SUSPENDED : ACTIVATED;
    if (status !== STATUS_BEFORE[next])
      return `only who is ${STATUS_BEFORE[next]} may become ${next}, which is not so of {users}`;
    // The answer to an earlier call may be lost (S1). If the time has changed since, the call had its effect,
    // and somebody undid it.
    const sent = this.#sent[kind];
    return sent.has(userId) && sent.get(userId) !== statusChangedAt ? noSecond(kind) : undefined;
  }

  /**
   * A call is on the disk before it is sent: a guard that is killed leaves a trace of what it may have done
   * (D4).
   */
  async #noteCall(
    { number, kind, type }: ChangeCall,
    people: readonly Person[],
  ): Promise<Refused | undefined> {
    const line = { event: "sending", request: number, change: kind, user_id_type: type, users: people };
    const written = await this.#options.audit.write(line).catch(failed);
    if (written) return refuseAll(written.reason);
    for (const { user_id, status_changed_at } of people) this.#sent[kind].set(user_id, status_changed_at);
    return undefined;
  }

  /**
   * The call was made, so its answer passes. If it cannot be recorded any more, the next change is refused.
   */
  async #noteAnswer(
    { number, kind }: ChangeCall,
    people: readonly Person[],
    { reply, codes, milliseconds }: Relayed,
  ): Promise<Ruling> {
    const { statusCode: status, apiCode: api_code, requestId: request_id, cause } = codes;
    if (cause === undefined) for (const { user_id } of people) this.#done[kind].add(user_id);
    const answered = { event: "answered", request: number, status, api_code, request_id, cause };
    await this.#options.audit
      .write({ ...answered, milliseconds: Math.round(milliseconds) })
      .catch(() => undefined);
    return { kind: "sent", reply };
  }
}

function personOf(id: string, { userId, status, statusChangedAt }: DirectoryUser): Person {
  return { id, user_id: userId, status, status_changed_at: statusChangedAt };
}

function noSecond(kind: Change): Reason {
  return `this run has done so before, and makes no second ${kind} of {users}`;
}

/** The reason as a sentence. It names no ids, so that messages about many users are one. */
function sentenceOf(reason: Reason, number: number, of: number): string {
  return reason.replace("{users}", of === 1 ? "this user" : `${number} of these ${of} users`);
}
