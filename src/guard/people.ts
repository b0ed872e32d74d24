import { type ApiRequest, type ForwardingClient, readLookedUp, type Reply } from "../api";
import {
  lookUpBatch,
  type Resolution,
  type UserDirectory,
  userIdKey,
  UserIdType,
  UserLookUps,
} from "../users";
import { type Approval, type Change, CHANGES } from "./approval";

/** How old a look-up that another process made through the guard may be to count as made right before a call, in milliseconds. */
const RECENT_MS = 2000;

/**
 * Knows whom the approved ids name. Nothing of it comes from the run: the guard asks GenAuth itself, or reads GenAuth's answer to
 * a look-up that it has signed.
 */
export class ApprovedPeople {
  readonly #approval: Approval;
  readonly #lookUps: UserLookUps;
  readonly #directory: UserDirectory;
  readonly #recent = new Map<string, { readonly reply: Reply; readonly at: number }>();
  /** Whom an id named at the first look-up, by its type and itself: the key of a system user id, or nobody. */
  readonly #bound = new Map<string, string | undefined>();
  /** The people of each change, by the keys of their system user ids. */
  readonly #people: Readonly<Record<Change, Set<string>>> = {
    deletion: new Set(),
    suspension: new Set(),
    reactivation: new Set(),
  };

  constructor(approval: Approval, client: ForwardingClient) {
    this.#approval = approval;
    this.#lookUps = new UserLookUps(client);
    this.#directory = {
      ...client,
      findUsers: (ids, type, stop) => {
        const users = this.#recentlyFound(ids, type);
        return users ? Promise.resolve({ ok: true, value: users }) : client.findUsers(ids, type, stop);
      },
    };
  }

  /**
   * Looks up whom the approved ids name. An id that cannot be looked up now is bound at its next look-up.
   *
   * @throws Error if no look-up can succeed, such as with a wrong key
   */
  async bindAll(): Promise<void> {
    for (const change of CHANGES)
      for (const [type, ids] of this.#approval.ids[change]) {
        if (type === UserIdType.USER_ID) {
          for (const id of ids) this.#people[change].add(userIdKey(id));
          continue;
        }
        const open = [...ids].filter((id) => !this.#bound.has(nameOf(type, id)));
        for (const [id, resolution] of await this.#lookUps.resolve(open, type)) {
          if (resolution.kind === "undecided" && resolution.failure.reach === "every_call")
            throw new Error(resolution.failure.message);
          this.#bind(type, id, resolution);
        }
        for (const id of ids) {
          const userId = this.#bound.get(nameOf(type, id));
          if (userId !== undefined) this.#people[change].add(userId);
        }
      }
  }

  /** Whether a plan shows this change of this id, as it is written there. */
  isApprovedId(change: Change, type: UserIdType, id: string): boolean {
    return this.#approval.ids[change].get(type)?.has(id) === true;
  }

  /** Whether a plan shows this change of a person, under any id. */
  isApprovedPerson(change: Change, userId: string): boolean {
    return this.#people[change].has(userIdKey(userId));
  }

  /** Looks users up right before a call that deletes them. */
  lookAgain(ids: readonly string[], type: UserIdType): Promise<ReadonlyMap<string, Resolution>> {
    return lookUpBatch(this.#directory, [...new Set(ids)], type);
  }

  /** Whether the id still names whom it named at first. The first look-up of an id decides that. */
  isStill(type: UserIdType, id: string, resolution: Resolution): boolean {
    if (type === UserIdType.USER_ID) return true;
    this.#bind(type, id, resolution);
    return resolution.kind === "found" && this.#bound.get(nameOf(type, id)) === userIdKey(resolution.userId);
  }

  /** Notes GenAuth's answer to a look-up of the run, which may come right before a deletion of the same users. */
  noteLookUp({ path, parameters }: ApiRequest, reply: Reply): void {
    if (path !== "/api/v3/get-user-batch" || parameters.withIdentities !== true) return;
    const at = performance.now();
    for (const [key, known] of this.#recent) if (at - known.at > RECENT_MS) this.#recent.delete(key);
    this.#recent.set(namesOf(parameters.userIdType as UserIdType, parameters.userIds as string[]), {
      reply,
      at,
    });
  }

  #recentlyFound(ids: readonly string[], type: UserIdType) {
    const known = this.#recent.get(namesOf(type, ids));
    return known && performance.now() - known.at <= RECENT_MS ? readLookedUp(known.reply) : undefined;
  }

  #bind(type: UserIdType, id: string, resolution: Resolution): void {
    const name = nameOf(type, id);
    if (this.#bound.has(name) || resolution.kind === "undecided") return;
    this.#bound.set(name, resolution.kind === "found" ? userIdKey(resolution.userId) : undefined);
  }
}

function nameOf(type: UserIdType, id: string): string {
  return `${type}\0${id}`;
}

function namesOf(type: UserIdType, ids: readonly string[]): string {
  return [type, ...ids].join("\0");
}
