import { type Effect, seedUsers } from "../emulator";
import type { ExpectedRun, RemovalCase } from "./removal-case";

const pool = seedUsers(101);
const emails = pool.map(({ email }) => email ?? "");
const [ada = "", bob = "", eve = ""] = emails;

/** A set of three from which the first is removed; the read-back ends after a second. */
export const threeUsers = {
  setup: { emulator: { users: pool.slice(0, 3) }, environment: { GENAUTH_CONFIRM_SECONDS: "1" } },
  provider: { timeout_seconds: 2 },
  before: { users: { [ada]: "Ada", [bob]: "Bob", [eve]: "Eve" }, user_id_type: "email" },
  after: { users: { [bob]: "Bob", [eve]: "Eve" }, user_id_type: "email" },
  plan: { code: 2, says: ["1 user will be permanently deleted from GenAuth in 1 call"] },
  nullResource: "long",
} satisfies Partial<RemovalCase>;

export const survived = { users: [ada, bob, eve], drift: { missing: [], survivors: [ada] } };
const removed = { users: [bob, eve], drift: { missing: [], survivors: [] } };
const onceMore: ExpectedRun = {
  code: 2,
  says: ["1 user will be permanently deleted from GenAuth"],
};

/** Temporary faults, and how many deletions are sent. */
const passing: readonly (readonly [string, Effect, number])[] = [
  ["429", { kind: "answer", statusCode: 429, message: "too many" }, 2],
  ["a body of 500", { kind: "answer", statusCode: 500 }, 2],
  ["a body of 503", { kind: "answer", statusCode: 503 }, 2],
  ["HTTP 502 with HTML", { kind: "http", status: 502 }, 2],
  ["HTTP 500 (carried out)", { kind: "http", status: 500, carriedOut: true }, 1],
  ["an empty body (carried out)", { kind: "emptyBody", carriedOut: true }, 1],
  ["truncated JSON (carried out)", { kind: "truncated", carriedOut: true }, 1],
  ["a reset (not carried out)", { kind: "reset" }, 2],
  ["an answer that never comes", { kind: "hang" }, 2],
  ["an answer that never comes (carried out)", { kind: "hang", carriedOut: true }, 1],
];

/** A fault of the deletion from which the apply recovers by itself. */
function recovered([what, then, calls]: (typeof passing)[number]): RemovalCase {
  return {
    ...threeUsers,
    title: `recovered: ${what} at the deletion, ${calls === 1 ? "without sending it again" : "by sending it again"}`,
    beforeApply: ({ emulator }) => void emulator.faults.add({ on: "delete-users-batch", times: 1, then }),
    apply: { code: 0 },
    deletions: Array.from({ length: calls }, () => [ada]),
    state: removed,
    gone: [ada],
  };
}

/** One case for each path through an engine: an error of a plan, of an apply, and none. */
export const FAULTS_ON_ENGINES: readonly RemovalCase[] = [
  {
    title: "one refused user of a hundred does not prevent the other deletions",
    setup: { emulator: { users: pool }, environment: { GENAUTH_CONFIRM_SECONDS: "1" } },
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
        /Error: 1 of 100 removed users is not confirmed gone.* answered 422 "the owner of the pool cannot be deleted".* 1500, request id .* user002@example.com The user stays in the state/,
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
          /error: 1 of 100 removed users is not confirmed gone.* the next apply carries out the remaining ones/,
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
    title: "without refresh and without an API, the plan warns and counts every removal as a deletion",
    nullResource: { not: "its plan never looks anybody up" },
    provider: { max_attempts: 1 },
    meanwhile: ({ emulator }) => void emulator.faults.add({ then: { kind: "http", status: 503 } }),
    planArguments: ["-refresh=false"],
    plan: { code: 2, says: ["could not be looked up", ada] },
    beforeApply: ({ emulator }) => emulator.faults.clear(),
    apply: { code: 0 },
    deletions: [[ada]],
    state: removed,
    gone: [ada],
  },
  {
    ...recovered(["a reset (carried out): an answer lost", { kind: "reset", carriedOut: true }, 1]),
    nullResource: "always",
  },
];

/** Further faults. An engine takes the same paths, so they are tested without one. */
export const FAULTS_IN_PROCESS: readonly RemovalCase[] = [
  ...([{}, { unknownIdsInDeletions: "refuse" }] as const).map((variants): RemovalCase => ({
    ...threeUsers,
    title: `users who are already gone count as done, if the server is like ${JSON.stringify(variants)}`,
    setup: { ...threeUsers.setup, emulator: { users: pool.slice(0, 3), variants } },
    meanwhile: ({ emulator }) => emulator.pool.remove(pool[0]?.userId ?? ""),
    plan: { code: 2, says: ["Already gone"], neverSays: ["will be permanently deleted"] },
    apply: { code: 0 },
    state: removed,
    gone: [ada],
  })),
  ...(
    [
      ["success: false", { kind: "successFalse" }, "success"],
      ["a false success", { kind: "lie" }, "still in the pool"],
      ["a refusal for good", { kind: "answer", statusCode: 403, message: "not yours" }, "not yours"],
    ] as const
  ).map(([what, effect, words]): RemovalCase => ({
    ...threeUsers,
    title: `${what} is never taken for a deletion`,
    beforeApply: ({ emulator }) => void emulator.faults.add({ on: "delete-users-batch", then: effect }),
    apply: { code: 1, says: [words, ada] },
    deletions: [[ada]],
    state: survived,
    gone: [],
    next: onceMore,
  })),
  ...passing.map(recovered),
  ...(
    [
      ["429", { kind: "answer", statusCode: 429 }],
      ["HTTP 502 with HTML", { kind: "http", status: 502 }],
      ["a reset", { kind: "reset" }],
      ["truncated JSON", { kind: "truncated" }],
    ] as const
  ).map(([what, then]): RemovalCase => ({
    ...threeUsers,
    title: `recovered: ${what} at every kind of look-up`,
    meanwhile: ({ emulator }) => void emulator.faults.add({ on: "get-user-batch", nth: [1, 3, 5], then }),
    apply: { code: 0 },
    deletions: [[ada]],
    state: removed,
    gone: [ada],
  })),
];
