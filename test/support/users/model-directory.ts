import pLimit from "p-limit";
import {
  type DirectoryFailure,
  type DirectoryUser,
  MAX_IDS_PER_CALL,
  type Outcome,
  type UserDirectory,
  UserIdType,
} from "../../../src/users";
import type { ReadFullUsers } from "../../../src/users/calls/first-suspension";
import type { SettableStatus } from "../../../src/users/directory";
import { INTERRUPTED, REFUSED } from "./failures";

/** A received call. */
export interface ModelCall {
  readonly method: "findUsers" | "findUser" | "deleteUsers" | "setStatus";
  readonly ids: readonly string[];
  readonly type: UserIdType;
  /** Of `setStatus`. */
  readonly status?: SettableStatus;
}

/**
 * The fault of a call: it fails, before or after it takes effect; a change reports success without any effect; or a look-up
 * omits everybody.
 */
export type Fault =
  | { readonly failure: DirectoryFailure; readonly after?: boolean }
  | { readonly lie: true }
  | { readonly omit: true }
  | undefined;

/** A user directory in memory that can fail in every way of the real one. */
export class ModelDirectory implements UserDirectory {
  readonly parallelism = 8;
  /** Whether it looks users up right before their deletion, as the guard does. */
  looksBeforeDeletion = false;
  readonly calls: ModelCall[] = [];
  /** System user ids of users deleted by `deleteUsers`, in order. */
  readonly deleted: string[] = [];
  /** Every status that `setStatus` gave to a user that did not have it, in order. */
  readonly statusesSet: { readonly userId: string; readonly status: SettableStatus }[] = [];
  /** System user ids of users whose deletion or status is refused, with the whole call. */
  readonly poisoned = new Set<string>();
  /** Returns the fault of a call. Called once per call, with its number from 1 among the calls of its method. */
  fault: (call: ModelCall, nth: number) => Fault = () => undefined;
  /** Which calls are refused as a whole if they name an unknown id. */
  refusesUnknown: "none" | "changes" | "all" = "none";
  /** How many look-ups still return a deleted user. */
  showsDeletedFor = 0;
  /** How many look-ups still return a user as it was before its status was set. */
  showsOldStatusFor = 0;
  /** Whether look-ups return suspended users. */
  showsSuspended = true;
  /** Whether look-ups show the status. */
  showsStatus = true;
  /** Whether a status set shows when that happened: it does, users never show it, or the time stays what it was. */
  statusChangedAt: "shown" | "hidden" | "unchanged" = "shown";
  /** Fields that a user loses when its status is set. */
  wipes: readonly ("name" | "username" | "email" | "phone" | "externalId")[] = [];
  /** The time on its clock, in milliseconds since 1970. Each call takes a second of it. */
  time = Date.parse("2026-01-01T09:00:00Z");
  /** Called when a call arrives, before anything else happens. */
  onCall: (call: ModelCall) => void = () => undefined;
  private readonly archived: { readonly userId: string; readonly at: number }[] = [];
  private received = NONE_RECEIVED;
  private readonly users = new Map<string, DirectoryUser>();
  /** The system user ids behind each name of `namesOf`. */
  private readonly holders = new Map<string, Set<string>>();
  private readonly stillShown = new Map<DirectoryUser, number>();
  /** Users as they were before their status was set, by their present form, and how many look-ups still return them. */
  private readonly outdated = new Map<DirectoryUser, { readonly user: DirectoryUser; looks: number }>();
  private readonly limit = pLimit(this.parallelism);

  constructor(users: Iterable<DirectoryUser>) {
    for (const user of users) this.put(user);
  }

  /** Adds a user, or changes one. */
  put(user: DirectoryUser): void {
    this.forgetNames(user.userId);
    this.users.set(user.userId, user);
    for (const name of namesOf(user)) {
      const holders = this.holders.get(name);
      if (holders) holders.add(user.userId);
      else this.holders.set(name, new Set([user.userId]));
    }
  }

  /** Changes a user's status as somebody else does. */
  changeStatus(userId: string, status: string): void {
    const user = this.users.get(userId);
    if (!user) throw new Error(`There is no user ${userId}.`);
    const statusChangedAt = new Date(this.time).toISOString();
    this.put({ ...user, status, ...(this.statusChangedAt === "shown" && { statusChangedAt }) });
  }

  /** Lets days pass on the directory's clock. */
  letPass(days: number): void {
    this.time += days * 24 * 60 * 60 * 1000;
  }

  /** Deletes a user as somebody else does. */
  remove(userId: string): void {
    this.forgetNames(userId);
    if (this.users.delete(userId)) this.archived.push({ userId, at: this.time });
  }

  has(userId: string): boolean {
    return this.users.has(userId);
  }

  get(userId: string): DirectoryUser | undefined {
    return this.users.get(userId);
  }

  /** All users. */
  all(): DirectoryUser[] {
    return [...this.users.values()];
  }

  /** All users that an id names, by the directory's rules. */
  named(id: string, type: UserIdType): DirectoryUser[] {
    const holders = this.holders.get(nameOf(id, type)) ?? new Set();
    if (holders.size > 1) return this.all().filter(({ userId }) => holders.has(userId));
    return [...holders].flatMap((userId) => this.users.get(userId) ?? []);
  }

  /** Forgets the calls and deletions so far. */
  forget(): void {
    this.calls.length = 0;
    this.deleted.length = 0;
    this.statusesSet.length = 0;
    this.received = NONE_RECEIVED;
  }

  /** Makes look-ups return no deleted users and no old status any more. */
  catchUp(): void {
    this.stillShown.clear();
    this.outdated.clear();
  }

  /** The calls of one method. */
  callsOf(method: ModelCall["method"]): ModelCall[] {
    return this.calls.filter((call) => call.method === method);
  }

  findUsers(
    ids: readonly string[],
    type: UserIdType,
    stop?: AbortSignal,
  ): Promise<Outcome<readonly DirectoryUser[]>> {
    return this.receive({ method: "findUsers", ids, type }, stop, (fault) => {
      if (fault && "omit" in fault) return { ok: true, value: [] };
      const found = ids.map((id) => this.shown(id, type));
      if (this.refusesUnknown === "all" && found.some((users) => users.length === 0)) return refusal();
      const byId = new Map(found.flat().map((user) => [user.userId, user]));
      return { ok: true, value: [...byId.values()].reverse() };
    });
  }

  findUser(id: string, type: UserIdType, stop?: AbortSignal): Promise<Outcome<DirectoryUser | undefined>> {
    return this.receive({ method: "findUser", ids: [id], type }, stop, () => ({
      ok: true,
      value: this.shown(id, type)[0],
    }));
  }

  deleteUsers(ids: readonly string[], type: UserIdType, stop?: AbortSignal): Promise<Outcome<void>> {
    return this.receive({ method: "deleteUsers", ids, type }, stop, (fault) => {
      if (fault && "lie" in fault) return { ok: true, value: undefined };
      const named = ids.map((id) => this.named(id, type));
      const refused = this.refusesUnknown !== "none" && named.some((users) => users.length === 0);
      if (refused || named.flat().some(({ userId }) => this.poisoned.has(userId))) return refusal();
      for (const user of new Set(named.flat())) this.erase(user);
      return { ok: true, value: undefined };
    });
  }

  setStatus(...[userIds, status, stop]: Parameters<UserDirectory["setStatus"]>): Promise<Outcome<void>> {
    const call: ModelCall = { method: "setStatus", ids: userIds, type: UserIdType.USER_ID, status };
    const answer = (fault: Fault): Outcome<void> => {
      if (fault && "lie" in fault) return { ok: true, value: undefined };
      const named = userIds.map((userId) => this.users.get(userId));
      const refused = this.refusesUnknown !== "none" && named.includes(undefined);
      if (refused || userIds.some((userId) => this.poisoned.has(userId))) return refusal();
      for (const user of new Set(named)) if (user) this.giveStatus(user, status);
      return { ok: true, value: undefined };
    };
    return this.receive(call, stop, answer);
  }

  archivedSince(since: number): Promise<Outcome<readonly string[]>> {
    const found = this.archived.filter(({ at }) => at >= since * 1000);
    return Promise.resolve({ ok: true, value: found.map(({ userId }) => userId) });
  }

  serviceTime(): number | undefined {
    return this.calls.length > 0 ? this.time : undefined;
  }

  private forgetNames(userId: string): void {
    const user = this.users.get(userId);
    for (const name of user ? namesOf(user) : []) this.holders.get(name)?.delete(userId);
  }

  private giveStatus(user: DirectoryUser, status: SettableStatus): void {
    if (user.status === status) return;
    this.changeStatus(user.userId, status);
    this.statusesSet.push({ userId: user.userId, status });
    const lost = Object.fromEntries(this.wipes.map((field) => [field, undefined]));
    const changed: DirectoryUser = { ...(this.users.get(user.userId) ?? user), ...lost };
    this.put(changed);
    if (this.showsOldStatusFor > 0) this.outdated.set(changed, { user, looks: this.showsOldStatusFor });
  }

  private erase(user: DirectoryUser): void {
    this.remove(user.userId);
    this.deleted.push(user.userId);
    if (this.showsDeletedFor > 0) this.stillShown.set(user, this.showsDeletedFor);
  }

  private shown(id: string, type: UserIdType): DirectoryUser[] {
    const stillShown = [...this.stillShown].filter(([user]) => namesOf(user).includes(nameOf(id, type)));
    for (const [user, looks] of stillShown) {
      if (looks <= 1) this.stillShown.delete(user);
      else this.stillShown.set(user, looks - 1);
    }
    const isHidden = ({ status }: DirectoryUser): boolean => !this.showsSuspended && status === "Suspended";
    return [
      ...this.named(id, type).flatMap((user) => (isHidden(user) ? [] : [this.asShown(user)])),
      ...stillShown.flatMap(([user]) => (isHidden(user) ? [] : [user])),
    ];
  }

  /** A user in a look-up: perhaps as it was before its status was set. */
  private asShown(user: DirectoryUser): DirectoryUser {
    const before = this.outdated.get(user);
    if (before) before.looks -= 1;
    if (before && before.looks <= 0) this.outdated.delete(user);
    const { statusChangedAt, status, ...named } = before?.user ?? user;
    const others = this.showsStatus && status !== undefined ? { ...named, status } : named;
    const isShown = this.statusChangedAt !== "hidden" && statusChangedAt !== undefined;
    return isShown ? { ...others, statusChangedAt } : others;
  }

  private async receive<T>(
    call: ModelCall,
    stop: AbortSignal | undefined,
    answer: (fault: Fault) => Outcome<T>,
  ): Promise<Outcome<T>> {
    return await this.limit(async () => {
      if (stop?.aborted) return { ok: false, failure: INTERRUPTED };
      if (call.ids.length > MAX_IDS_PER_CALL) throw new Error(`${call.ids.length} ids in one call`);
      this.calls.push(call);
      this.onCall(call);
      this.received = { ...this.received, [call.method]: this.received[call.method] + 1 };
      this.time += 1000;
      const fault = this.fault(call, this.received[call.method]);
      // Delays the answer, so that calls are in flight together.
      await Promise.resolve();
      if (!fault || !("failure" in fault)) return answer(fault);
      if (fault.after) answer(undefined);
      return { ok: false, failure: fault.failure };
    });
  }
}

/** Reads all fields of users, as far as look-ups show them. */
export function readerOf(directory: Pick<UserDirectory, "findUsers">): ReadFullUsers {
  return async (userIds, stop) => {
    const found = await directory.findUsers(userIds, UserIdType.USER_ID, stop);
    return found.ok ? { ok: true, value: found.value.map((user) => ({ ...user })) } : found;
  };
}

/** How many calls of each method arrived, before any. */
const NONE_RECEIVED = { findUsers: 0, findUser: 0, deleteUsers: 0, setStatus: 0 };

function refusal<T>(): Outcome<T> {
  return { ok: false, failure: REFUSED };
}

/** An id with its type, as it stands in `namesOf`. */
function nameOf(id: string, type: UserIdType): string {
  return `${type}:${type === UserIdType.EMAIL ? id.toLowerCase() : id}`;
}

/** What names a user in a call, by the directory's rules. */
function namesOf(user: DirectoryUser): string[] {
  const { userId, username, email, phone, phoneCountryCode, externalId, identities } = user;
  const names: readonly (readonly [UserIdType, string | undefined])[] = [
    [UserIdType.USER_ID, userId],
    [UserIdType.USERNAME, username],
    [UserIdType.EMAIL, email],
    [UserIdType.PHONE, phone],
    [UserIdType.PHONE, `${phoneCountryCode ?? ""}${phone ?? ""}`],
    [UserIdType.EXTERNAL_ID, externalId],
    ...identities.flatMap(({ extIdpId = "", provider = "", userIdInIdp = "" }) => [
      [UserIdType.IDENTITY, `${extIdpId}:${userIdInIdp}`] as const,
      [UserIdType.SYNC_RELATION, `${provider}:${userIdInIdp}`] as const,
    ]),
  ];
  return names.flatMap(([type, id]) => (id === undefined ? [] : [nameOf(id, type)]));
}
