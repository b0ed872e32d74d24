import { type ApiRequest, type Forwarded, readLookedUp } from "../api";
import { type Resolution, resolveAnswer, userIdKey, UserIdType } from "../users";
import { type Approval, byChange, type Change, nameOf } from "./approval";

/**
 * Knows whom the approved ids mean, by the plans. Of a `null_resource`, whose plan does not say it, GenAuth's first answer about an id decides.
 * Nothing of it comes from the run.
 */
export class ApprovedPeople {
  /** The people of each change, by the keys of their system user ids. */
  readonly #people: ReturnType<typeof byChange<Set<string>>>;
  /** Whom the ids of a `null_resource` named at their first look-up, by {@link nameOf}. */
  readonly #first = new Map<string, string | null>();

  constructor(private readonly approval: Approval) {
    this.#people = byChange(
      (change) => new Set([...approval.ids[change].values()].filter((user) => typeof user === "string")),
    );
  }

  /** Whether a plan shows this change of this id as it is written there, or of the person whose system user id it is. */
  isApproved(change: Change, type: UserIdType, id: string): boolean {
    if (type === UserIdType.USER_ID) return this.#people[change].has(userIdKey(id));
    const name = nameOf(type, id);
    return this.approval.ids[change].has(name) && this.approval.ids[change].get(name) !== null;
  }

  /** Whether the plan means the user whom an approved id names now. */
  means(change: Change, type: UserIdType, id: string, resolution: Resolution): boolean {
    if (resolution.kind !== "found") return false;
    const user = userIdKey(resolution.userId);
    if (type === UserIdType.USER_ID) return user === userIdKey(id);
    this.#noteFirst(type, id, resolution);
    const name = nameOf(type, id);
    return (this.approval.ids[change].get(name) ?? this.#first.get(name)) === user;
  }

  /** Notes GenAuth's answer to a look-up of the run, which may be the first one of an id. */
  noteLookUp({ path, parameters }: ApiRequest, { reply }: Forwarded): void {
    if (path !== "/api/v3/get-user-batch" || parameters.withIdentities !== true) return;
    const type = parameters.userIdType as UserIdType;
    const ids = parameters.userIds as string[];
    const users = ids.some((id) => this.#isOpen(type, id)) ? readLookedUp(reply) : undefined;
    for (const [id, resolution] of users ? resolveAnswer(ids, type, users) : [])
      this.#noteFirst(type, id, resolution);
  }

  #isOpen(type: UserIdType, id: string): boolean {
    const name = nameOf(type, id);
    const { deletion } = this.approval.ids;
    return !this.#first.has(name) && deletion.has(name) && deletion.get(name) === undefined;
  }

  #noteFirst(type: UserIdType, id: string, resolution: Resolution): void {
    if (!this.#isOpen(type, id) || resolution.kind === "undecided") return;
    const user = resolution.kind === "found" ? userIdKey(resolution.userId) : null;
    this.#first.set(nameOf(type, id), user);
    if (user !== null) this.#people.deletion.add(user);
  }
}
