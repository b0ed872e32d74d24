import { type ApiRequest, type Forwarded, readLookedUp } from "../api";
import { type Resolution, resolveAnswer, userIdKey, UserIdType } from "../users";
import { type Approval, byChange, type Change, nameOf } from "./approval";

/**
 * Knows whom the approved ids mean, by the plans. Of a `null_resource`, whose plan does not say it, GenAuth's first answer about an id decides.
 * Nothing of it comes from the run.
 */
export class ApprovedPeople {
  /** As the plans say it. Of a `null_resource`, also what the first look-up of each id has shown. */
  readonly #meant: ReturnType<typeof byChange<Map<string, string | null | undefined>>>;
  /** The people of each change, by their system user ids. */
  readonly #people: ReturnType<typeof byChange<Set<string | null | undefined>>>;

  constructor({ ids }: Approval) {
    this.#meant = byChange((change) => new Map(ids[change]));
    this.#people = byChange((change) => new Set(ids[change].values()));
  }

  /**
   * Whether a plan shows this change of this id as it is written there, or of the person whose system user id it is. Another spelling of
   * one may be somebody else.
   */
  isApproved(change: Change, type: UserIdType, id: string): boolean {
    if (type === UserIdType.USER_ID) return this.#people[change].has(id);
    const [meant, name] = [this.#meant[change], nameOf(type, id)];
    return meant.has(name) && meant.get(name) !== null;
  }

  /** Whether the plan means the user whom an approved id names now, or may, as long as no look-up has decided it. */
  means(change: Change, type: UserIdType, id: string, resolution: Resolution): boolean {
    if (resolution.kind !== "found") return false;
    if (type === UserIdType.USER_ID) return userIdKey(resolution.userId) === userIdKey(id);
    const meant = this.#meant[change].get(nameOf(type, id));
    return meant === undefined || meant === resolution.userId;
  }

  /** Notes GenAuth's answer to a look-up of the run, which may be the first one of an id. */
  noteLookUp({ path, parameters }: ApiRequest, { reply }: Forwarded): void {
    if (path !== "/api/v3/get-user-batch" || parameters.withIdentities !== true) return;
    const type = parameters.userIdType as UserIdType;
    const ids = parameters.userIds as string[];
    // One out of a cache is none of this time.
    const isNew = reply.kind === "answer" && reply.age === undefined;
    const users = isNew && ids.some((id) => this.#isOpen(type, id)) ? readLookedUp(reply) : undefined;
    for (const [id, resolution] of users ? resolveAnswer(ids, type, users) : [])
      this.noteFirst(type, id, resolution);
  }

  /** Only of deletions may plans not say whom an id means. */
  #isOpen(type: UserIdType, id: string): boolean {
    const [{ deletion }, name] = [this.#meant, nameOf(type, id)];
    return deletion.has(name) && deletion.get(name) === undefined;
  }

  /** Notes whom an id names, unless the plan or an earlier look-up says it. */
  noteFirst(type: UserIdType, id: string, resolution: Resolution): void {
    if (!this.#isOpen(type, id) || resolution.kind === "undecided") return;
    // Nobody has an empty id.
    const user = resolution.kind === "found" ? resolution.userId : "";
    this.#meant.deletion.set(nameOf(type, id), user);
    this.#people.deletion.add(user);
  }
}
