import type { DirectoryUser, Outcome, UserDirectory } from "../../../../src/users";
import { UserIdType } from "../../../../src/users";
import type { ModelDirectory } from "../../../support/users/model-directory";

/**
 * A server that accepts system user ids in upper and lower case, and answers in its own spelling. Its model stores them in
 * lower case.
 */
export class EitherCase implements UserDirectory {
  readonly parallelism: number;
  /** The spelling of an id in answers; may change between calls. */
  spell: (userId: string) => string = (userId) => userId.toUpperCase();

  constructor(private readonly model: ModelDirectory) {
    this.parallelism = model.parallelism;
  }

  async findUsers(
    ids: readonly string[],
    type: UserIdType,
    stop?: AbortSignal,
  ): Promise<Outcome<readonly DirectoryUser[]>> {
    const found = await this.model.findUsers(read(ids, type), type, stop);
    return found.ok ? { ok: true, value: found.value.map((user) => this.write(user)) } : found;
  }

  async findUser(
    id: string,
    type: UserIdType,
    stop?: AbortSignal,
  ): Promise<Outcome<DirectoryUser | undefined>> {
    const found = await this.model.findUser(read([id], type)[0] ?? "", type, stop);
    return found.ok ? { ok: true, value: found.value && this.write(found.value) } : found;
  }

  deleteUsers(ids: readonly string[], type: UserIdType, stop?: AbortSignal): Promise<Outcome<void>> {
    return this.model.deleteUsers(read(ids, type), type, stop);
  }

  setStatus(...[userIds, ...more]: Parameters<UserDirectory["setStatus"]>): Promise<Outcome<void>> {
    return this.model.setStatus(read(userIds, UserIdType.USER_ID), ...more);
  }

  archivedSince(since: number): ReturnType<UserDirectory["archivedSince"]> {
    return this.model.archivedSince(since);
  }

  serviceTime(): number | undefined {
    return this.model.serviceTime();
  }

  private write(user: DirectoryUser): DirectoryUser {
    return { ...user, userId: this.spell(user.userId) };
  }
}

function read(ids: readonly string[], type: UserIdType): string[] {
  return type === UserIdType.USER_ID ? ids.map((id) => id.toLowerCase()) : [...ids];
}
