import { describe, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { describeWithNullResource } from "../../support/acceptance/null-resource-case";
import { type ExpectedRun, type RemovalCase, runRemovalCase } from "../../support/acceptance/removal-case";

const pool = seedUsers(101);
const emails = pool.map(({ email }) => email ?? "");
const [ada = "", bob = "", eve = ""] = emails;

/** A set of three from which the first is removed. */
const threeUsers = {
  setup: { emulator: { users: pool.slice(0, 3) } },
  provider: { timeout_seconds: 2 },
  before: { users: { [ada]: "Ada", [bob]: "Bob", [eve]: "Eve" }, user_id_type: "email" },
  after: { users: { [bob]: "Bob", [eve]: "Eve" }, user_id_type: "email" },
  plan: { code: 2, says: ["1 user will be permanently deleted from GenAuth in 1 call"] },
  nullResource: "long",
} satisfies Partial<RemovalCase>;

const removed = { users: [bob, eve], drift: { missing: [], survivors: [] } };
const onceMore: ExpectedRun = {
  code: 2,
  says: ["1 user will be permanently deleted from GenAuth"],
};

/** One case for each path through an engine: an error of a plan, of an apply, and none. */
const cases: readonly RemovalCase[] = [
  {
    title: "one refused user of a hundred does not prevent the other deletions",
    setup: { emulator: { users: pool } },
    before: { users: emails, user_id_type: "email" },
    after: {
      users: emails.slice(100),
      user_id_type: "email",
      max_deletions: 100,
      max_deletions_percent: 100,
    },
    beforeApply: ({ emulator }) =>
      void emulator.faults.add({
        on: "delete-users-batch",
        ids: [bob],
        then: {
          kind: "answer",
          statusCode: 422,
          apiCode: 1500,
          message: "the owner of the pool cannot be deleted",
        },
      }),
    plan: { code: 2, says: ["100 users will be permanently deleted from GenAuth in 2 calls"] },
    apply: {
      code: 1,
      says: [
        /Error: 1 of 100 removed users not confirmed gone.* answered 422 "the owner of the pool cannot be deleted".* 1500, request id .* user002@example.com They stay in the state/,
        "the next apply tries again",
      ],
    },
    deletions: "some",
    state: { users: [bob, emails[100] ?? ""], drift: { missing: [], survivors: [bob] } },
    gone: emails.slice(0, 100).filter((id) => id !== bob),
    next: { code: 2, says: ["1 user will be permanently deleted from GenAuth", `- "${bob}" = "" -> null`] },
    nullResource: {
      run: "always",
      because: "the set stays unchanged in the state, which the log says",
      log: {
        code: 1,
        says: [
          /100 users will be permanently deleted from GenAuth in 2 calls.* 99 of 100 users gone, 1 not.* Drift: 1 survivor, 0 missing/,
          /answered 422 "the owner of the pool cannot be deleted".* 1500, request id .* user002@example.com/,
          /error: 1 of 100 removed users not confirmed gone.* the next apply carries out the remaining ones/,
        ],
      },
    },
  },
  {
    ...threeUsers,
    title: "an outage at refresh is an error and changes nothing",
    nullResource: { not: "it never refreshes; an outage at apply is in test/proofs/null-resource" },
    provider: { max_attempts: 2 },
    meanwhile: ({ emulator }) =>
      void emulator.faults.add({ on: "get-user-batch", then: { kind: "http", status: 503 } }),
    plan: { code: 1, says: ["Cannot look up the users", "503"] },
    state: { users: [ada, bob, eve], drift: { missing: [], survivors: [] } },
    gone: [],
    next: { ...onceMore, says: [`- "${ada}" = "Ada" -> null`] },
  },
  {
    ...threeUsers,
    title: "without refresh and without an API, the plan leaves every removal open, as for a deletion",
    nullResource: { not: "its plan never looks anybody up" },
    provider: { max_attempts: 1 },
    meanwhile: ({ emulator }) => void emulator.faults.add({ then: { kind: "http", status: 503 } }),
    planArguments: ["-refresh=false"],
    plan: { code: 2, says: ["removals", `+ "${ada}" = (known after apply)`] },
    beforeApply: ({ emulator }) => emulator.faults.clear(),
    apply: { code: 0 },
    deletions: [[ada]],
    state: removed,
    gone: [ada],
  },
  {
    ...threeUsers,
    title: "an answer lost after the deletion: recovered without sending it again",
    beforeApply: ({ emulator }) =>
      void emulator.faults.add({
        on: "delete-users-batch",
        times: 1,
        then: { kind: "reset", carriedOut: true },
      }),
    apply: { code: 0 },
    deletions: [[ada]],
    state: removed,
    gone: [ada],
  },
];

describeWithNullResource("under faults", cases);

describe.each(engines())("under faults on $name", (engine) => {
  const open = useScenarios(engine);
  test.each(cases)("$title", async (story) => runRemovalCase(await open(story.setup), story));
});
