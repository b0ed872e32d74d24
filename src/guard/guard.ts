import type { ForwardingClient, Reply } from "../api";
import { singleLine } from "../text";
import {
  ACTIVATED,
  count,
  type ProtectedUsers,
  type Resolution,
  SUSPENDED,
  userIdKey,
  UserIdType,
} from "../users";
import { type Approval, type Change, CHANGES, countIds } from "./approval";
import type { Audit } from "./audit";
import { ApprovedPeople } from "./people";
import { type ChangeRequest, checkRequest } from "./request";

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
  /** How many people all processes and stacks of the run may delete or suspend together. */
  readonly maxDeletions: number;
  readonly audit: Audit;
}

/** A request at the guard's socket. */
export interface IncomingRequest {
  readonly path: string;
  /** From the body; undefined if that is no JSON. */
  readonly parameters: unknown;
  readonly host: string | undefined;
  readonly tenantId: string | undefined;
  /** The configuration's name for the user pool, if it has one. */
  readonly userPool: string | undefined;
}

/** What becomes of a request. */
export type Ruling =
  /** GenAuth's answer, or why there is none. */
  | { readonly kind: "sent"; readonly reply: Reply }
  /** Not sent. `all`: every request of this client is refused. */
  | { readonly kind: "refused"; readonly reason: string; readonly all?: true }
  /** Not sent, because the guard could not find out whom it concerns. */
  | { readonly kind: "undecided"; readonly reason: string }
  /** Not sent, because the client has gone. */
  | { readonly kind: "abandoned" };

/** What a guard did, for its summary. */
export interface GuardSummary {
  /** By change: how many ids the plans show, and how many people a call was sent for. */
  readonly changes: Readonly<Record<Change, { readonly approved: number; readonly sent: number }>>;
  readonly requests: number;
  /** How often each reason was given. */
  readonly refused: Readonly<Record<string, number>>;
}

/** How many reasons of refusals a summary lists. */
const MOST_REASONS = 20;

const NOT_APPROVED: Readonly<Record<Change, string>> = {
  deletion: "no approved plan deletes",
  suspension: "no approved plan suspends",
  reactivation: "no approved plan reactivates, and this run did not suspend,",
};

/** Holds the key, and lets through what reads the pool and what approved plans show. */
export class Guard {
  readonly #options: GuardOptions;
  readonly #people: ApprovedPeople | undefined;
  /** The people for whom a call was sent, by the keys of their system user ids. */
  readonly #sent: Readonly<Record<Change, Set<string>>> = {
    deletion: new Set(),
    suspension: new Set(),
    reactivation: new Set(),
  };
  /** Who was active before this run suspended them, by the keys of their system user ids. */
  readonly #suspended = new Set<string>();
  readonly #refused = new Map<string, number>();
  /** The name of the only pool that it serves; undefined until a plan or a request names one. */
  #userPool: string | undefined;
  #requests = 0;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#userPool = options.approval?.userPool;
    this.#people = options.approval && new ApprovedPeople(options.approval, options.client);
  }

  /** Begins to find out whom the plans mean. @throws Error if the key reads nobody */
  async prepare(): Promise<void> {
    await this.#people?.begin();
  }

  /** Ends its own look-ups. */
  end(): void {
    this.#people?.end();
  }

  /**
   * Decides on a request, and sends it if it passes.
   *
   * @param gone fires when the client waits no longer: nothing is sent any more
   */
  async answer(incoming: IncomingRequest, gone: AbortSignal): Promise<Ruling> {
    const number = (this.#requests += 1);
    const decision = await this.#decide(number, incoming, gone).catch(failed);
    if (decision.kind === "refused" || decision.kind === "undecided") {
      const { kind: event, reason } = decision;
      this.#countRefusal(reason);
      // A refusal stands even if it cannot be recorded.
      await this.#options.audit
        .write({ event, request: number, reason, ...idsIn(incoming) })
        .catch(() => undefined);
    }
    return decision;
  }

  summary(): GuardSummary {
    const { approval } = this.#options;
    const of = (change: Change) => ({
      approved: approval ? countIds(approval.ids[change]) : 0,
      sent: this.#sent[change].size,
    });
    return {
      changes: { deletion: of("deletion"), suspension: of("suspension"), reactivation: of("reactivation") },
      requests: this.#requests,
      refused: Object.fromEntries(this.#refused),
    };
  }

  async #decide(
    number: number,
    { path, parameters, host, tenantId, userPool }: IncomingRequest,
    gone: AbortSignal,
  ): Promise<Ruling> {
    const { client, audit } = this.#options;
    if (userPool !== undefined) {
      this.#userPool ??= userPool;
      if (userPool !== this.#userPool) return refuseAll(describeOtherPool(this.#userPool, userPool));
    }
    if (host !== client.origin)
      return refuseAll(
        `it holds the key for ${client.origin}, and this run calls ${singleLine(host ?? "no host").slice(0, 200)}`,
      );
    if (tenantId !== this.#options.tenantId) return refuseAll("it acts in another tenant than this run");
    const known = checkRequest(path, parameters);
    if ("refused" in known) return { kind: "refused", reason: known.refused };
    const active: string[] = [];
    const entries: [Change, readonly string[]][] = [];
    for (const change of known.changes) {
      const checked = await this.#check(change);
      if (checked.kind !== "passes") return checked;
      entries.push([change.change, checked.people]);
      active.push(...checked.active);
    }
    for (const [change, people] of entries) {
      const excess = this.#enter(change, people);
      if (excess !== undefined) return { kind: "refused", reason: excess };
    }
    // On the disk before the call: a guard that is killed leaves a trace of what it may have done.
    for (const { change, type, ids } of known.changes) {
      try {
        await audit.write({ event: "sending", request: number, change, user_id_type: type, ids });
      } catch (cause) {
        return refuseAll(`its audit file cannot be written (${cause instanceof Error ? cause.message : ""})`);
      }
    }
    const forwarded = await client.forward(known.request, gone);
    if (!forwarded) {
      if (known.changes.length > 0) await audit.write({ event: "not_sent", request: number });
      return { kind: "abandoned" };
    }
    const { reply, codes, milliseconds } = forwarded;
    for (const person of active) this.#suspended.add(person);
    if (known.changes.length === 0) this.#people?.noteLookUp(known.request, forwarded);
    // The call was made. If its answer cannot be recorded any more, the next change is refused.
    else
      await audit
        .write({
          event: "answered",
          request: number,
          ...namesOfCodes(codes),
          milliseconds: Math.round(milliseconds),
        })
        .catch(() => undefined);
    return { kind: "sent", reply };
  }

  async #check(request: ChangeRequest): Promise<Checked> {
    const people = this.#people;
    if (!people) return { kind: "refused", reason: "this guard lets only reads pass" };
    const { change, type, ids } = request;
    await people.waitUntilBound();
    const isApproved = (id: string): boolean =>
      people.isApprovedId(change, type, id) ||
      (type === UserIdType.USER_ID && people.isApprovedPerson(change, id)) ||
      (change === "reactivation" && this.#suspended.has(userIdKey(id)));
    let others = ids.filter((id) => !isApproved(id));
    if (others.length > 0 && type === UserIdType.USER_ID) {
      // Some approved ids may not have been found at the start.
      await people.bindOthers();
      others = ids.filter((id) => !isApproved(id));
    }
    if (others.length > 0)
      return { kind: "refused", reason: `${NOT_APPROVED[change]} ${whom(others.length, ids.length)}` };
    if (change === "reactivation") return { kind: "passes", people: ids.map(userIdKey), active: [] };
    return this.#lookAgain(people, request);
  }

  /**
   * Right before a deletion or a suspension: it concerns nobody whom the operator protects, a set declares, or the id did not name before.
   */
  async #lookAgain(people: ApprovedPeople, request: ChangeRequest): Promise<Checked> {
    const { ids, type, change } = request;
    const resolutions = await people.lookAgain(ids, type);
    const kept = new Map<string, number>();
    const found: string[] = [];
    const active: string[] = [];
    for (const [id, resolution] of resolutions) {
      if (resolution.kind === "undecided")
        return {
          kind: "undecided",
          reason: `it could not look up whom the call changes: ${resolution.failure.message}`,
        };
      const reason = this.#reasonToKeep(people, request, id, resolution);
      if (reason !== undefined) kept.set(reason, (kept.get(reason) ?? 0) + 1);
      else if (resolution.kind === "found") {
        const person = userIdKey(resolution.userId);
        found.push(person);
        if (change === "suspension" && resolution.user.status === ACTIVATED) active.push(person);
      }
    }
    const [first] = kept;
    if (!first) return { kind: "passes", people: found, active };
    const [reason, number] = first;
    return { kind: "refused", reason: `${reason} ${whom(number, ids.length)}` };
  }

  #reasonToKeep(
    people: ApprovedPeople,
    { type, change }: ChangeRequest,
    id: string,
    resolution: Resolution,
  ): string | undefined {
    if (resolution.kind === "absent") return "GenAuth no longer shows";
    if (resolution.kind !== "found" || !people.isStill(type, id, resolution))
      return "since the guard started, somebody else has got the id of";
    const { user } = resolution;
    if (this.#options.protectedUsers.match(user)) return "this pipeline protects";
    if (this.#options.approval?.declared.match(user)) return "a set of this run declares";
    const isSettable = user.status === ACTIVATED || user.status === SUSPENDED;
    return change === "suspension" && !isSettable
      ? "a suspension would overwrite another status of"
      : undefined;
  }

  /** Counts people before their call is sent. @returns why it must not be sent */
  #enter(change: Change, people: readonly string[]): string | undefined {
    const { maxDeletions } = this.#options;
    const revoked = new Set([...this.#sent.deletion, ...this.#sent.suspension, ...people]);
    if (change !== "reactivation" && revoked.size > maxDeletions)
      return `${count(revoked.size, "user")} would be deleted or suspended in this run, and it allows ${maxDeletions}`;
    for (const person of people) this.#sent[change].add(person);
    return undefined;
  }

  /** Whoever uses the socket chooses a part of some reasons, and how many there are. */
  #countRefusal(reason: string): void {
    const isListed = this.#refused.has(reason) || this.#refused.size < MOST_REASONS;
    const name = isListed ? reason : "other reasons";
    this.#refused.set(name, (this.#refused.get(name) ?? 0) + 1);
  }
}

function describeOtherPool(own: string, other: string): string {
  return `it holds the key of one user pool, "${own}", and this run is about "${other}", too. Declare each pool in a stack of its own, and run each under a guard with its key`;
}

type Checked =
  | {
      readonly kind: "passes";
      readonly people: readonly string[];
      /** Those of them who are suspended, and active until now. */
      readonly active: readonly string[];
    }
  | (Ruling & { kind: "refused" | "undecided" });

function refuseAll(reason: string): Ruling {
  return { kind: "refused", reason, all: true };
}

function failed(cause: unknown): Ruling {
  return { kind: "undecided", reason: cause instanceof Error ? cause.message : String(cause) };
}

/** Without the ids, so that messages about many users are one. */
function whom(number: number, of: number): string {
  return of === 1 ? "this user" : `${number} of these ${of} users`;
}

/** The users that a refused request names, for the audit file. */
function idsIn({ path, parameters }: IncomingRequest): Readonly<Record<string, unknown>> {
  const checked = checkRequest(path, parameters);
  if ("refused" in checked) return {};
  return { users: checked.changes.map(({ change, type, ids }) => ({ change, user_id_type: type, ids })) };
}

function namesOfCodes({
  statusCode,
  apiCode,
  requestId,
  cause,
}: NonNullable<Awaited<ReturnType<ForwardingClient["forward"]>>>["codes"]): Readonly<
  Record<string, unknown>
> {
  return { status: statusCode, api_code: apiCode, request_id: requestId, cause };
}

/** What the summary says, for people. */
export function describeSummary({ changes, requests, refused }: GuardSummary): string {
  const parts = CHANGES.filter((change) => changes[change].approved + changes[change].sent > 0).map(
    (change) => `${change} of ${changes[change].sent} of ${changes[change].approved} approved`,
  );
  const reasons = Object.entries(refused).map(([reason, times]) => `\n  refused ${times} times: ${reason}`);
  return `${count(requests, "call")}. Sent: ${parts.length === 0 ? "no change" : parts.join(", ")}.${reasons.join("")}`;
}
