import { type ApiRequest, type Forwarded, type ForwardingClient, readLookedUp, type Reply } from "../api";
import { singleLine } from "../text";
import { wallClockAhead } from "../timing";
import {
  ACTIVATED,
  count,
  type DirectoryUser,
  type ProtectedUsers,
  type Resolution,
  STATUS_BEFORE,
  SUSPENDED,
  userIdKey,
  UserIdType,
  UserLookUps,
} from "../users";
import { type Approval, byChange, type Change, CHANGES } from "./approval";
import type { Audit } from "./audit";
import { ApprovedPeople } from "./people";
import { isSetBy, type StatusCall } from "./status-call";
import { type ChangeRequest, checkRequest, type KnownRequest, type Refused } from "./request";

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
  /** How old the guard's look-up may be when its call is sent, in milliseconds. */
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

/** What becomes of a request. */
export type Ruling =
  /** GenAuth's answer, or why there is none. */
  | { readonly kind: "sent"; readonly reply: Reply }
  | Refused
  /** Not sent, because the guard could not find out whom it concerns. */
  | { readonly kind: "undecided"; readonly reason: string }
  /** Not sent, because the client has gone. */
  | { readonly kind: "abandoned" };

/** What a guard did, for its summary. */
export interface GuardSummary {
  /** By change: how many ids the plans show, for how many people a call was sent, and how many GenAuth said it changed. */
  readonly changes: Readonly<Record<Change, Readonly<Record<"approved" | "sent" | "done", number>>>>;
  readonly requests: number;
  /** How often each reason was given. */
  readonly refused: Readonly<Record<string, number>>;
}

/** How many reasons of refusals a summary lists. */
const MOST_REASONS = 20;

/** How many refusals the audit file lists. Whoever uses the socket chooses how many there are. */
const MOST_REFUSALS = 100;

/** How many changes may be recorded and then not be sent. Each leaves lines in the audit file, and whoever uses the socket can hang up at any time. */
const MOST_UNSENT = 1000;

/** For how many milliseconds a run may set a suspension back that nothing shows to be its own: a provider may look for it for ten minutes. */
const MOST_UNDO_MS = 900_000;

/** How often the guard looks up whom a call changes, while the call waits too long for its turn. */
const MOST_LOOKS = 6;

const NOT_APPROVED: Readonly<Record<Change, string>> = {
  deletion: "no approved plan deletes",
  suspension: "no approved plan suspends",
  reactivation: "no approved plan reactivates, and this run did not suspend,",
};

/** Holds the key, and lets through what reads the pool and what approved plans show. */
export class Guard {
  readonly #options: GuardOptions;
  readonly #people: ApprovedPeople | undefined;
  /** For whom a call was sent, by the keys of their system user ids. */
  readonly #sent = byChange(() => new Set<string>());
  /** Of these: whose call GenAuth answered with a success. */
  readonly #done = byChange(() => new Set<string>());
  /**
   * Who was active before this run suspended them, or may have, by the ids in the calls: another spelling may be somebody else, where no look-up
   * shows it. And when GenAuth set the status, if its answer tells that.
   */
  readonly #suspended = new Map<string, StatusCall & { readonly setAt: string | undefined }>();
  /** Whom this run has reactivated, or may have, and when GenAuth had set the status before, if it showed that. */
  readonly #reactivated = new Map<string, string | undefined>();
  /** Until when a call has changed their status, by `performance.now()`: without end while it is under way. */
  readonly #busyUntil = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  #requests = 0;
  #refusals = 0;
  #unsent = 0;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#people = options.approval && new ApprovedPeople(options.approval);
  }

  /**
   * Decides on a request, and sends it if it passes.
   *
   * @param gone fires when the client waits no longer: nothing is sent any more
   */
  async answer(incoming: IncomingRequest, gone: AbortSignal): Promise<Ruling> {
    const number = (this.#requests += 1);
    const known = this.#refuseForeign(incoming) ?? checkRequest(incoming.path, incoming.parameters);
    const decision = await this.#decide(number, known, gone).catch(failed);
    if (decision.kind === "refused" || decision.kind === "undecided") {
      const { kind: event, reason } = decision;
      // Whoever uses the socket chooses a part of some reasons, and how many there are.
      const isListed = this.#refused.has(reason) || this.#refused.size < MOST_REASONS;
      const name = isListed ? reason : "other reasons";
      this.#refused.set(name, (this.#refused.get(name) ?? 0) + 1);
      this.#refusals += 1;
      const changes = "kind" in known ? [] : known.changes;
      const users = changes.map(({ change, type, ids }) => ({ change, user_id_type: type, ids }));
      // A refusal stands even if it cannot be recorded.
      if (this.#refusals <= MOST_REFUSALS)
        await this.#options.audit.write({ event, request: number, reason, users }).catch(() => undefined);
    }
    return decision;
  }

  summary(): GuardSummary {
    return {
      changes: byChange((change) => ({
        approved: this.#options.approval?.ids[change].size ?? 0,
        sent: this.#sent[change].size,
        done: this.#done[change].size,
      })),
      requests: this.#requests,
      refused: Object.fromEntries(this.#refused),
    };
  }

  async #decide(number: number, known: KnownRequest | Refused, gone: AbortSignal): Promise<Ruling> {
    if ("kind" in known) return known;
    if (known.changes.length > 0) return await this.#change(number, known, gone);
    const forwarded = await this.#options.client.forward(known.request, gone);
    if (!forwarded) return { kind: "abandoned" };
    this.#people?.noteLookUp(known.request, forwarded);
    return { kind: "sent", reply: forwarded.reply };
  }

  /** Refuses a run that is not the one whose key this is. What a run says of itself never lets it change more. */
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

  /** Looks everybody of a change up, and sends it if that was right before. */
  async #change(number: number, { request, changes }: KnownRequest, gone: AbortSignal): Promise<Ruling> {
    for (let attempt = 1; attempt <= MOST_LOOKS; attempt += 1) {
      if (this.#unsent >= MOST_UNSENT)
        return refuseAll(
          `${MOST_UNSENT} changes of this run were not sent, because the run hung up or they waited too long. Start it again, with fewer calls at once`,
        );
      const ahead = wallClockAhead();
      // At once: between two look-ups, whoever uses the socket could put calls of their own.
      const checked = await Promise.all(changes.map((change) => this.#check(change, gone)));
      const passing = checked.filter((each) => each.kind === "passes");
      const other = checked.find((each) => each.kind !== "passes");
      if (other) return other;
      // After the look-ups, which may take long.
      if (Date.now() > this.#options.endsAt)
        return refuseAll(
          "its plans are too old by now (--max-plan-age). Plan again, and have the new plan approved",
        );
      // A service may be so slow that its answers are old when they arrive. Then the first of them counts. One out of a cache is older still.
      const from = attempt < MOST_LOOKS / 2 ? "lookedUpFrom" : "answeredFrom";
      const until = Math.min(...passing.map((its) => its[from])) + this.#options.mostAgeMs;
      // By both clocks, because the machine may sleep at any time.
      const left = (): number => until - performance.now() - Math.max(0, wallClockAhead() - ahead);
      const ruling = left() > 0 && (await this.#send(number, request, passing, gone, left));
      if (ruling) return ruling;
      if (gone.aborted) return { kind: "abandoned" };
    }
    return { kind: "undecided", reason: "its calls wait too long after a look-up, or a cache answers that" };
  }

  /**
   * Sends a change of people who were just looked up.
   *
   * @param left how many milliseconds are left for that
   * @returns nothing if it was not sent in time
   */
  async #send(
    number: number,
    request: ApiRequest,
    checked: readonly Passing[],
    gone: AbortSignal,
    left: () => number,
  ): Promise<Ruling | undefined> {
    const { client, audit } = this.#options;
    const entered: Passing[] = [];
    let forwarded: Forwarded | undefined;
    try {
      for (const each of checked) {
        const reason = this.#enter(each);
        if (reason !== undefined) return { kind: "refused", reason };
        entered.push(each);
      }
      // On the disk before the call: a guard that is killed leaves a trace of what it may have done.
      for (const { change, type, users } of checked)
        await audit.write({ event: "sending", request: number, change, user_id_type: type, users });
      forwarded = await client.forward(request, gone, left());
      if (!forwarded) await audit.write({ event: "not_sent", request: number, total: (this.#unsent += 1) });
    } catch (cause) {
      return refuseAll(failed(cause).reason);
    } finally {
      for (const each of entered) this.#leave(each, forwarded);
    }
    if (!forwarded) return undefined;
    const { reply, codes, milliseconds } = forwarded;
    const { statusCode: status, apiCode: api_code, requestId: request_id, cause } = codes;
    const answered = { event: "answered", request: number, status, api_code, request_id, cause };
    // The call was made. If its answer cannot be recorded any more, the next change is refused.
    await audit.write({ ...answered, milliseconds: Math.round(milliseconds) }).catch(() => undefined);
    return { kind: "sent", reply };
  }

  async #check(request: ChangeRequest, gone: AbortSignal): Promise<Checked> {
    const people = this.#people;
    if (!people) return { kind: "refused", reason: "this guard lets only reads pass" };
    const { change, type, ids } = request;
    const others = ids.filter((id) => !people.isApproved(change, type, id) && !this.#isSetBack(change, id));
    if (others.length > 0)
      return { kind: "refused", reason: `${NOT_APPROVED[change]} ${whom(others.length, ids.length)}` };
    const kept = new Map<string, number>();
    const users: KnownUser[] = [];
    const { client } = this.#options;
    let answeredFrom = Infinity;
    const observe = ({ ageMs = 0 }) => (answeredFrom = Math.min(answeredFrom, performance.now() - ageMs));
    // Each look-up begins with this call, which may take several requests.
    const findUsers: typeof client.findUsers = (some, by, stop) => client.findUsers(some, by, stop, observe);
    const findUser: typeof client.findUser = (one, by, stop) => client.findUser(one, by, stop, observe);
    const lookUps = new UserLookUps({ ...client, findUsers, findUser });
    const lookedUpFrom = performance.now();
    for (const [id, resolution] of await lookUps.resolve(ids, type, { stop: gone })) {
      if (resolution.kind === "undecided")
        return {
          kind: "undecided",
          reason: `it could not look up whom the call changes: ${resolution.failure.message}`,
        };
      // An older one is not sent, and looked up again.
      if (performance.now() - answeredFrom <= this.#options.mostAgeMs) people.noteFirst(type, id, resolution);
      const reason = this.#reasonToKeep(request, id, resolution);
      if (reason !== undefined) kept.set(reason, (kept.get(reason) ?? 0) + 1);
      const { userId = id, ...user }: Partial<DirectoryUser> =
        resolution.kind === "found" ? resolution.user : {};
      users.push({ id, user_id: userId, status: user.status, status_changed_at: user.statusChangedAt });
    }
    const [first] = kept;
    const from = Math.min(lookedUpFrom, answeredFrom);
    if (!first) return { kind: "passes", change, type, users, lookedUpFrom: from, answeredFrom };
    const [reason, number] = first;
    return { kind: "refused", reason: `${reason} ${whom(number, ids.length)}` };
  }

  /** The rules of the provider, by a look-up of the guard's own: whatever a run knows or says, they hold right before the call. */
  #reasonToKeep({ type, change }: ChangeRequest, id: string, resolution: Resolution): string | undefined {
    if (resolution.kind === "absent")
      // The look-ups of a service may hide who is suspended. Then nothing shows that somebody else has set another status.
      return this.#isSetBack(change, id) && !this.#reactivated.has(userIdKey(id)) && this.#isRecent(id)
        ? undefined
        : "GenAuth no longer shows";
    const isMeant = this.#isSetBack(change, id) || this.#people?.means(change, type, id, resolution);
    if (resolution.kind !== "found" || !isMeant)
      return "the plan means somebody else than who has got the id of";
    const { user } = resolution;
    // The call names whoever has exactly this id. Look-ups may take two spellings for one.
    if (type === UserIdType.USER_ID && user.userId !== id) return "GenAuth spells in another way the id of";
    const { protectedUsers, approval } = this.#options;
    if (protectedUsers.match(user)) return "this pipeline protects";
    if (change !== "reactivation" && approval?.declared.match(user)) return "one plan declares or retains";
    if (change !== "deletion") return this.#reasonToLeaveStatus(change, user);
    // Whom this run suspends was active before, also while the call is under way.
    const isActive = (user.status ?? ACTIVATED) === ACTIVATED || this.#busyUntil.has(userIdKey(user.userId));
    return isActive && approval?.due.has(user.userId)
      ? "the plan deletes after a suspension, which somebody else has ended, or GenAuth does not show, of"
      : undefined;
  }

  /** Nobody's status is changed twice, or where somebody else has decided. */
  #reasonToLeaveStatus(change: "suspension" | "reactivation", user: DirectoryUser): string | undefined {
    const status = change === "suspension" ? SUSPENDED : ACTIVATED;
    if (user.status !== STATUS_BEFORE[status])
      return `only who is ${STATUS_BEFORE[status]} may become ${status}, which is not so of`;
    const key = userIdKey(user.userId);
    const suspension = this.#suspended.get(user.userId);
    // Look-ups may lag behind a call that GenAuth has confirmed.
    const isDone = this.#done[change].has(key);
    // As before an earlier call, which had no effect then.
    const isAsBeforeSuspension = user.statusChangedAt === suspension?.changedBefore;
    if (change === "suspension")
      return suspension === undefined || (isAsBeforeSuspension && !isDone)
        ? undefined
        : "this run has suspended before, and does not suspend again,";
    const earlier = this.#reactivated.get(key);
    const isAsBefore = !isDone && earlier !== undefined && earlier === user.statusChangedAt;
    const { setAt = user.statusChangedAt } = suspension ?? {};
    const isSame = setAt === user.statusChangedAt && isSetBy(suspension ?? {}, user);
    const isOurs = !suspension || isSame || (isAsBeforeSuspension && this.#isRecent(user.userId));
    return isOurs && (isAsBefore || !this.#reactivated.has(key))
      ? undefined
      : "somebody else has suspended meanwhile, and this run does not reactivate,";
  }

  /** Whether a call undoes a suspension of this run. */
  #isSetBack(change: Change, userId: string): boolean {
    return change === "reactivation" && this.#suspended.has(userId);
  }

  /**
   * Whether this run's suspension of a user is so recent that it is set back unless something shows it to be another one. So it is where
   * GenAuth tells no time.
   */
  #isRecent(userId: string): boolean {
    const { until = Infinity } = this.#suspended.get(userId)?.during ?? {};
    return (this.#options.client.serviceTime() ?? 0) < until + MOST_UNDO_MS;
  }

  /** Keeps other calls off the status of people until theirs is answered. @returns why it must not be sent */
  #enter({ change, users, lookedUpFrom }: Passing): string | undefined {
    if (change === "deletion") return undefined;
    const people = users.map(({ user_id }) => userIdKey(user_id));
    if (people.some((person) => (this.#busyUntil.get(person) ?? 0) > lookedUpFrom))
      return "another call changes the status of one of the users, or did after they were looked up";
    for (const person of people) this.#busyUntil.set(person, Infinity);
    return undefined;
  }

  /** Notes what a call may have done, if it was sent. */
  #leave({ change, users }: Passing, forwarded: Forwarded | undefined): void {
    const after = change === "suspension" && forwarded ? readLookedUp(forwarded.reply) : undefined;
    for (const { user_id, status_changed_at: statusChangedAt } of users) {
      const person = userIdKey(user_id);
      if (change !== "deletion") this.#busyUntil.set(person, performance.now());
      if (!forwarded) continue;
      this.#sent[change].add(person);
      if (forwarded.codes.cause === undefined) this.#done[change].add(person);
      if (change === "reactivation") this.#reactivated.set(person, statusChangedAt);
      if (change !== "suspension") continue;
      const told = after?.find(({ userId }) => userIdKey(userId) === person)?.statusChangedAt;
      // Where GenAuth shows the time late, the answer tells the one before.
      const setAt = told === statusChangedAt ? undefined : told;
      if (forwarded.mayHaveEffect)
        this.#suspended.set(user_id, { changedBefore: statusChangedAt, during: forwarded.during, setAt });
      // The look-up before this call showed no effect of an earlier one. Without a time, nothing tells whose a later suspension is.
      else if (statusChangedAt === undefined) this.#suspended.delete(user_id);
    }
  }
}

/** A user of a call, as the guard's look-up showed the user. */
interface KnownUser {
  readonly id: string;
  readonly user_id: string;
  readonly status: string | undefined;
  readonly status_changed_at: string | undefined;
}

interface Passing {
  readonly kind: "passes";
  readonly change: Change;
  readonly type: UserIdType;
  readonly users: readonly KnownUser[];
  /** Since when nothing has changed their status, but for what the look-up shows; by `performance.now()`. */
  readonly lookedUpFrom: number;
  /** When the first answer of the look-up came, by `performance.now()`. */
  readonly answeredFrom: number;
}

type Checked = Passing | (Ruling & { readonly kind: "refused" | "undecided" });

/** Refuses every request of a client. */
export function refuseAll(reason: string): Refused {
  return { kind: "refused", reason, all: true };
}

/** Of a request that an error of this program or of the client ended. */
export function failed(cause: unknown): Ruling & { readonly kind: "undecided" } {
  return { kind: "undecided", reason: cause instanceof Error ? cause.message : String(cause) };
}

/** Without the ids, so that messages about many users are one. */
function whom(number: number, of: number): string {
  return of === 1 ? "this user" : `${number} of these ${of} users`;
}

/** What the summary says, for people. */
export function describeSummary({ changes, requests, refused }: GuardSummary): string {
  const parts = CHANGES.filter((change) => changes[change].approved + changes[change].sent > 0).map(
    (change) => `${change} of ${changes[change].sent} of ${changes[change].approved} approved`,
  );
  const reasons = Object.entries(refused).map(([reason, n]) => `\n  refused ${count(n, "time")}: ${reason}`);
  return `${count(requests, "call")}. Sent: ${parts.length === 0 ? "no change" : parts.join(", ")}.${reasons.join("")}`;
}
