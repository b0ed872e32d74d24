import pLimit from "p-limit";
import {
  type DirectoryFailure,
  type DirectoryUser,
  MAX_IDS_PER_CALL,
  type Outcome,
  type UserDirectory,
  UserIdType,
} from "../../../src/users";
import { INTERRUPTED, REFUSED } from "./failures";

/** A received call. */
export interface ModelCall {
  readonly method: "findUsers" | "findUser" | "deleteUsers";
  readonly ids: readonly string[];
  readonly type: UserIdType;
}

/**
 * The fault of a call: it fails, before or after it takes effect; a deletion reports success without any effect; or a look-up
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
  readonly calls: ModelCall[] = [];
  /** System user ids of users deleted by `deleteUsers`, in order. */
  readonly deleted: string[] = [];
  /** System user ids of users whose deletion is refused, with the whole call. */
  readonly poisoned = new Set<string>();
  /** Returns the fault of a call. Called once per call, with its number from 1 among the calls of its method. */
  fault: (call: ModelCall, nth: number) => Fault = () => undefined;
  /** Which calls are refused as a whole if they name an unknown id. */
  refusesUnknown: "none" | "deletions" | "all" = "none";
  /** How many look-ups still return a deleted user. */
  showsDeletedFor = 0;
  /** Called when a call arrives, before anything else happens. */
  onCall: (call: ModelCall) => void = () => undefined;
  private received = { findUsers: 0, findUser: 0, deleteUsers: 0 };
  private readonly users = new Map<string, DirectoryUser>();
  private readonly stillShown = new Map<DirectoryUser, number>();
  private readonly limit = pLimit(this.parallelism);

  constructor(users: Iterable<DirectoryUser>) {
    for (const user of users) this.put(user);
  }

  /** Adds a user, or changes one. */
  put(user: DirectoryUser): void {
    this.users.set(user.userId, user);
  }

  /** Deletes a user as somebody else does. */
  remove(userId: string): void {
    this.users.delete(userId);
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
    if (type === UserIdType.USER_ID) return [this.users.get(id)].filter((user) => user !== undefined);
    return this.all().filter((user) => isNamed(id, type, user));
  }

  /** Forgets the calls and deletions so far. */
  forget(): void {
    this.calls.length = 0;
    this.deleted.length = 0;
    this.received = { findUsers: 0, findUser: 0, deleteUsers: 0 };
  }

  /** Makes look-ups return no deleted users any more. */
  catchUp(): void {
    this.stillShown.clear();
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
      return { ok: true, value: [...new Set(found.flat())].reverse() };
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

  private erase(user: DirectoryUser): void {
    this.users.delete(user.userId);
    this.deleted.push(user.userId);
    if (this.showsDeletedFor > 0) this.stillShown.set(user, this.showsDeletedFor);
  }

  private shown(id: string, type: UserIdType): DirectoryUser[] {
    const stillShown = [...this.stillShown].filter(([user]) => isNamed(id, type, user));
    for (const [user, looks] of stillShown) {
      if (looks <= 1) this.stillShown.delete(user);
      else this.stillShown.set(user, looks - 1);
    }
    return [...this.named(id, type), ...stillShown.map(([user]) => user)];
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
      this.received[call.method] += 1;
      const fault = this.fault(call, this.received[call.method]);
      // Delays the answer, so that calls are in flight together.
      await Promise.resolve();
      if (!fault || !("failure" in fault)) return answer(fault);
      if (fault.after) answer(undefined);
      return { ok: false, failure: fault.failure };
    });
  }
}

function refusal<T>(): Outcome<T> {
  return { ok: false, failure: REFUSED };
}

function isNamed(id: string, type: UserIdType, user: DirectoryUser): boolean {
  const bySource = (source: "extIdpId" | "provider"): boolean =>
    user.identities.some((identity) => `${identity[source] ?? ""}:${identity.userIdInIdp ?? ""}` === id);
  switch (type) {
    case UserIdType.USER_ID:
      return user.userId === id;
    case UserIdType.EMAIL:
      return user.email?.toLowerCase() === id.toLowerCase();
    case UserIdType.PHONE:
      return user.phone === id || `${user.phoneCountryCode ?? ""}${user.phone ?? ""}` === id;
    case UserIdType.USERNAME:
      return user.username === id;
    case UserIdType.EXTERNAL_ID:
      return user.externalId === id;
    case UserIdType.IDENTITY:
      return bySource("extIdpId");
    case UserIdType.SYNC_RELATION:
      return bySource("provider");
  }
}
