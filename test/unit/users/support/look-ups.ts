import { UserIdType, UserLookUps } from "../../../../src/users";
import { ModelDirectory } from "../../../support/users/model-directory";
import { idOf, people } from "../../../support/users/people";

/** A pool of that many people, their e-mails, and look-ups in it. */
export function setUpLookUps(size: number) {
  const users = people(1, size);
  const directory = new ModelDirectory(users);
  return {
    users,
    ids: users.map((user) => idOf(user, UserIdType.EMAIL)),
    directory,
    lookUps: new UserLookUps(directory),
  };
}

/** The kind of resolution of each id. */
export const kinds = (resolutions: ReadonlyMap<string, { readonly kind: string }>) =>
  Object.fromEntries([...resolutions].map(([id, { kind }]) => [id, kind]));
