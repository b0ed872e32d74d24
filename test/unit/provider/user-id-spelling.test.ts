import { expect, test } from "@jest/globals";
import { planUserSet } from "../../../src/provider/user-set/plan";
import { UserIdType } from "../../../src/users";
import { EitherCase } from "../users/support/either-case";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, people, person } from "../../support/users/people";
import { contextOver, create, type PresentSet, refresh, update } from "../../support/provider/refreshed-set";

const asWritten = (userId: string): string => userId;
const upper = (userId: string): string => userId.toUpperCase();

/** Refreshes a set, and checks that there are no messages and no changes in the plan. */
async function expectConverged(set: PresentSet, directory: EitherCase): Promise<void> {
  const { kept, seen } = await refresh(set, contextOver(directory));
  expect(seen).toMatchObject({
    drift: { missing: [], survivors: [], locked_out: [] },
    diagnostics: [],
    rebindings: new Map(),
  });
  const { state, privateData } = kept;
  const context = contextOver(directory);
  const planned = await planUserSet({ prior: state, proposed: state, config: state, privateData, context });
  expect(planned).toMatchObject({ planned: state, diagnostics: [] });
}

test("system user ids in another case in the answers are the same users", async () => {
  const directory = new EitherCase(new ModelDirectory(people(1, 3)));
  directory.spell = asWritten;
  const ids = people(1, 3).map(({ userId }) => userId.toUpperCase());
  const set = await create(UserIdType.USER_ID, ids, contextOver(directory));
  await expectConverged(set, directory);
  const smaller = await update(set, ids.slice(1), contextOver(directory));
  await expectConverged(smaller, directory);
});

test("so are system user ids of a private deployment that are not hexadecimal", async () => {
  const directory = new EitherCase(new ModelDirectory([person(1, { userId: "user-a" })]));
  directory.spell = asWritten;
  await expectConverged(await create(UserIdType.USER_ID, ["User-A"], contextOver(directory)), directory);
});

test("an e-mail still names the same user if only the case of the system user id changes", async () => {
  const directory = new EitherCase(new ModelDirectory(people(1, 3)));
  directory.spell = asWritten;
  const ids = people(1, 3).map((user) => idOf(user, UserIdType.EMAIL));
  const set = await create(UserIdType.EMAIL, ids, contextOver(directory));
  directory.spell = upper;
  await expectConverged(set, directory);
});
