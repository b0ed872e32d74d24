import { describe, expect, test } from "@jest/globals";
import { ProtectedUsers, refuseReleaseByTypeChange, UserIdType } from "../../../../src/users";
import { EitherCase } from "../support/either-case";
import { INTERRUPTED } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { idOf, people } from "../../../support/users/people";
import { contextOn } from "../support/set-change";

const users = people(1, 4);
const [ada, bob, eve] = users as [(typeof users)[0], (typeof users)[0], (typeof users)[0]];
const emailOf = (user: typeof ada): string => idOf(user, UserIdType.EMAIL);
const nameOf = (user: typeof ada): string => idOf(user, UserIdType.USERNAME);

interface Options {
  readonly bound?: readonly (typeof ada)[];
  readonly retained?: readonly string[];
  readonly protectedUsers?: ProtectedUsers;
}

const newSet = (type: UserIdType, ids: readonly string[]) => ({
  type,
  declared: new Map(ids.map((id) => [id, ""])),
  allowMissingUsers: false,
});

/** A set of Ada, Bob and Eve by e-mail becomes a set of the given users by user name. */
function change(
  directory: ModelDirectory,
  next: readonly (typeof ada)[],
  { bound = [ada, bob, eve], retained = [], protectedUsers = ProtectedUsers.of(new Map()) }: Options = {},
) {
  const held = [ada, bob, eve];
  return refuseReleaseByTypeChange(
    {
      prior: {
        type: UserIdType.EMAIL,
        users: new Map(held.map((user) => [emailOf(user), user.name ?? ""])),
        bindings: new Map(bound.map((user) => [emailOf(user), user.userId])),
      },
      next: newSet(UserIdType.USERNAME, next.map(nameOf)),
      retained,
    },
    contextOn(directory, { protectedUsers }),
  );
}

describe("a change of the id type", () => {
  test("is accepted if everybody stays, and looks up nothing but the new ids", async () => {
    const directory = new ModelDirectory(users);
    expect(await change(directory, users)).toEqual([]);
    expect(directory.calls).toHaveLength(1);
  });

  test("is refused if somebody leaves, and names nobody else", async () => {
    const [message] = await change(new ModelDirectory(users), [bob, eve]);
    expect(message?.summary).toBe("Changing user_id_type would release 1 user that this change removes");
    expect(message?.detail).toContain(emailOf(ada));
    expect(message?.detail).toContain("Declared ids found by username: 2 of 2");
    expect(message?.detail).not.toContain(emailOf(bob));
  });

  test("is accepted if whoever leaves would not be deleted", async () => {
    const directory = new ModelDirectory(users);
    expect(await change(directory, [bob, eve], { retained: [emailOf(ada)] })).toEqual([]);
    expect(await change(directory, [bob, eve], { retained: [nameOf(ada)] })).toEqual([]);
    const protectedUsers = ProtectedUsers.of(new Map([[UserIdType.USERNAME, [nameOf(ada)]]]));
    expect(await change(directory, [bob, eve], { protectedUsers })).toEqual([]);
    directory.remove(ada.userId);
    expect(await change(directory, [bob, eve])).toEqual([]);
    expect(await change(directory, [bob, eve], { bound: [bob, eve] })).toEqual([]);
  });

  test("is refused if somebody leaves whom no look-up had found before", async () => {
    const [refusal] = await change(new ModelDirectory(users), [bob, eve], { bound: [bob, eve] });
    expect(refusal?.summary).toBe("Changing user_id_type would release 1 user that this change removes");
    expect(refusal?.detail).toContain(emailOf(ada));
  });

  test("is refused without a count of found ids if nobody is declared any more", async () => {
    const [refusal] = await change(new ModelDirectory(users), []);
    expect(refusal?.summary).toBe("Changing user_id_type would release 3 users that this change removes");
    expect(refusal?.detail).not.toContain("Declared ids found");
  });

  test("is refused with the failure if a retained id of the new type cannot be looked up", async () => {
    const directory = new ModelDirectory(users);
    directory.fault = (_call, nth) => (nth === 1 ? { failure: INTERRUPTED } : undefined);
    const [refusal] = await change(directory, [], { retained: [nameOf(ada)] });
    expect(refusal?.summary).toBe("Changing user_id_type may release 3 users");
    expect(refusal?.detail).toContain(INTERRUPTED.message);
  });

  test("is refused while a new id cannot be looked up that may name somebody who leaves", async () => {
    const directory = new ModelDirectory(users);
    directory.fault = (_call, nth) => (nth === 1 ? { failure: INTERRUPTED } : undefined);
    const [message] = await change(directory, users);
    expect(message?.summary).toBe("Changing user_id_type may release 3 users");
    expect(message?.detail).toContain("could not be looked up");
  });

  test("is accepted if only the case of the declared system user ids differs from the answers", async () => {
    const directory = new EitherCase(new ModelDirectory(users));
    directory.spell = (userId) => userId;
    const ids = users.map(({ userId }) => userId.toUpperCase());
    const messages = await refuseReleaseByTypeChange(
      {
        prior: {
          type: UserIdType.USER_ID,
          users: new Map(ids.map((id) => [id, ""])),
          bindings: new Map(ids.map((id) => [id, id])),
        },
        next: newSet(UserIdType.EMAIL, users.map(emailOf)),
        retained: [],
      },
      contextOn(directory),
    );
    expect(messages).toEqual([]);
  });
});
