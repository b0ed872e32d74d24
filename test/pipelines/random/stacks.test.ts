import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { startEmulator } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { seededRuns } from "../../support/seed";
import { CAN_KILL_JOBS, killJobs } from "../support/kill-jobs";
import { POOL } from "../support/setting";
import { Team } from "../support/team";
import { plainStacks } from "../support/two-stacks";

const STACKS = ["people", "guests"] as const;
type Stack = (typeof STACKS)[number];

/** What one request changes, and what happens to its run. */
interface Step {
  /** Who declares each user of the pool from now on: a stack, both, or nobody. */
  readonly owners: readonly (Stack | "both" | "nobody")[];
  /** A stack that the gate refuses, or that cannot be planned. */
  readonly fault: { readonly stack: Stack; readonly kind: "refused" | "broken" } | undefined;
  /** Whether all that runs is killed at the first call that deletes. */
  readonly isKilled: boolean;
  /** Whether the run is run again as a whole, and approved again. */
  readonly isRunAgain: boolean;
}

const [engine] = engines();
const { numRuns, seed } = seededRuns("FAULT_PIPELINES", 1);

/** Most users stay where they are, so that somebody is left. */
const owner = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.constantFrom(...STACKS) },
  { weight: 1, arbitrary: fc.constant("both" as const) },
  { weight: 2, arbitrary: fc.constant("nobody" as const) },
);

const step = fc.record({
  moves: fc.array(owner, { minLength: POOL.length, maxLength: POOL.length }),
  fault: fc.option(
    fc.record({
      stack: fc.constantFrom(...STACKS),
      kind: fc.constantFrom("refused" as const, "broken" as const),
    }),
    { nil: undefined, freq: 2 },
  ),
  isKilled: fc.boolean(),
  isRunAgain: fc.boolean(),
});

/** A user file of those whom a stack declares. */
function fileOf(stack: Stack, owners: Step["owners"]): string {
  const rows = POOL.flatMap(({ email = "", name = "" }, at) =>
    [stack, "both"].includes(owners[at] ?? "nobody") ? [`${email},${name}`] : [],
  );
  return ["email,name", ...rows, ""].join("\n");
}

/** What more a stack's configuration holds. */
function faultOf(stack: Stack, { fault }: Step): string {
  if (fault?.stack !== stack) return "";
  return fault.kind === "refused"
    ? 'resource "terraform_data" "more" {\n  provisioner "local-exec" {\n    command = "true"\n  }\n}\n'
    : 'output "broken" {\n  value = genauth_user_set.nobody.id\n}\n';
}

/** Merges a request, runs the workflow, and has all approved that waits. */
async function take(
  team: Team,
  number: number,
  its: Step,
  killAt: (isKilled: boolean) => void,
): Promise<void> {
  await team.mergeProposal(`step-${number}`, number, (text) => text, {
    programs: Object.fromEntries(
      STACKS.flatMap((stack) => [
        [`lists/${stack}.csv`, fileOf(stack, its.owners)],
        [`${stack}/more.tf`, faultOf(stack, its)],
      ]),
    ),
  });
  killAt(its.isKilled);
  const run = await team.push();
  if (run.waiting === "apply") await run.approveApply("otto");
  killAt(false);
  if (!its.isRunAgain) return;
  await run.rerun();
  if (run.waiting === "apply") await run.approveApply("otto");
}

(CAN_KILL_JOBS ? test : test.skip)(
  "whatever is requested, refused, killed and run again, nobody is deleted whom a stack of the applied commit declares",
  async () => {
    let deleted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 4 }), async (drawn) => {
        const emulator = await startEmulator({ users: POOL });
        const team = new Team(engine, emulator);
        await team.open();
        team.settings["paths"] = [];
        const { configurations, others } = plainStacks(team, {});
        await team.create("email,name\n");
        await team.mergeProposal("hcl", 1, (text) => text, { programs: { ...configurations, ...others } });
        expect((await team.push({ before: "drift-after-apply" })).result("apply")).toBe("success");
        await team.endFirstApply();
        const killAt = (isKilled: boolean): void => {
          if (!isKilled) return;
          const once = { on: "delete-users-batch", nth: 1 } as const;
          emulator.steps.add({ ...once, run: () => killJobs(team.folder) });
        };
        let owners: Step["owners"] = POOL.map((_, at) => (at < POOL.length / 2 ? "people" : "guests"));
        for (const [at, { moves, ...rest }] of drawn.entries()) {
          owners = owners.map((before, index) => moves[index] ?? before);
          const exists = ({ email = "" }: (typeof POOL)[number]) => emulator.pool.find(email, "email");
          const before = POOL.filter(exists);
          await take(team, at + 2, { owners, ...rest }, killAt);
          const gone = before.filter((user) => !exists(user));
          deleted += gone.length;
          const declared = gone.filter((user) => owners[POOL.indexOf(user)] !== "nobody");
          expect({ step: at, deletedThoughDeclared: declared.map(({ email }) => email) }).toEqual({
            step: at,
            deletedThoughDeclared: [],
          });
        }
      }),
      { numRuns, seed, endOnFailure: true },
    );
    // Histories that delete nobody would show nothing.
    expect(deleted).toBeGreaterThan(0);
  },
  3_600_000,
);
