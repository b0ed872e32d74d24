import { expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { seedUsers } from "../../support/emulator";
import type { ResourceType } from "../../support/scenario";
import { type Disturbance, type Outcome, runDisturbed } from "./support/disturbed-run";

const RESOURCE_TYPES: readonly ResourceType[] = ["genauth_user_set", "null_resource"];
const [someone] = seedUsers(1);

/** What no cell of the matrix has. */
interface Condition {
  readonly outcome: Outcome;
  readonly what: string;
  readonly disturb: () => Omit<Disturbance, "resourceType">;
}

const CONDITIONS: readonly Condition[] = [
  {
    outcome: "recovered",
    what: "a rate limit that is exceeded again and again",
    disturb: () => ({
      emulator: { rateLimit: { perSecond: 10, pauseMs: 200 } },
      environment: { GENAUTH_MAX_ATTEMPTS: "20", GENAUTH_REQUESTS_PER_SECOND: "100" },
      inject: () => ({}),
    }),
  },
  {
    outcome: "reported",
    what: "a deletion record and look-ups that omit some users for 0.6 s when all their data is read",
    disturb: () => ({
      environment: { GENAUTH_DELETION_RECORD: newFolder(), GENAUTH_CONFIRM_SECONDS: "5" },
      inject: (emulator) => {
        const ids = [someone?.email ?? ""];
        const on = ["get-user-batch", "get-user"] as const;
        emulator.faults.add({ on, userIdType: "user_id", ids, forMs: 600, then: { kind: "omit" } });
        return {};
      },
    }),
  },
];

// Concurrent, because they mostly wait.
test.concurrent.each(
  RESOURCE_TYPES.flatMap((resourceType) => CONDITIONS.map((condition) => ({ resourceType, ...condition }))),
)("a run of $resourceType under $what is $outcome", async ({ resourceType, outcome, disturb }) => {
  expect(await runDisturbed({ resourceType, ...disturb() })).toEqual({ outcome, broken: [] });
});
