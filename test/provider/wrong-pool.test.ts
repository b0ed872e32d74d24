import { expect, test } from "@jest/globals";
import { judge } from "../../src/provider/user-set/judge";
import { NO_PRIVATE_DATA } from "../../src/provider/user-set/private-data";
import { UserIdType, UserLookUps } from "../../src/users";
import { ModelDirectory } from "../users/support/model-directory";
import { idOf, people, person } from "../users/support/people";
import { contextOf } from "./support/refreshed-set";
import { TimedPool } from "./support/timed-pool";

const type = UserIdType.EMAIL;

/** Two of four users leave, none of whom is in the pool any more. */
function judgeTwoOfFour(acceptEmptyPool: boolean) {
  const users = people(1, 4);
  const ids = users.map((user) => idOf(user, type));
  const directory = new ModelDirectory([person(9)]);
  return judge({
    type,
    prior: new Map(ids.map((id) => [id, ""])),
    declared: new Map(ids.slice(2).map((id) => [id, ""])),
    retained: [],
    data: { ...NO_PRIVATE_DATA, bindings: new Map(users.map((user) => [idOf(user, type), user.userId])) },
    context: {
      ...contextOf(new TimedPool({ lookUps: 0, archive: 0 })),
      pool: { directory, lookUps: new UserLookUps(directory), maxAttempts: 1, confirmWithinMs: 0 },
      limits: { protectedUsers: new Map(), acceptEmptyPool },
    },
  });
}

test("a small set of whom nobody is there is an error that says how many were looked up", async () => {
  const { doubts } = await judgeTwoOfFour(false);
  expect(doubts).toMatchObject([
    { severity: "error", detail: expect.stringMatching(/^All 4 users .*GENAUTH_ACCEPT_EMPTY_POOL=1/) },
  ]);
});

test("and is believed where the operator says that it is true", async () => {
  const { doubts, removals } = await judgeTwoOfFour(true);
  expect(doubts).toEqual([]);
  expect(removals.map(({ fate }) => fate.kind)).toEqual(["gone", "gone"]);
});
