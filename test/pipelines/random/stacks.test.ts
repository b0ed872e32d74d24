import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { startEmulator } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { seededRuns } from "../../support/seed";
import { CAN_KILL_JOBS, killJobs } from "../support/kill-jobs";
import { POOL } from "../support/setting";
import { Team } from "../support/team";
import { lockOf } from "../support/lock-file";
import { plainConfiguration, plainStacks } from "../support/two-stacks";

/** The stacks of a history, of which there are two or three. */
const STACKS = ["people", "guests", "partners"] as const;
type Stack = (typeof STACKS)[number];

/** What one request changes, and what happens to its run. */
interface Step {
  /** Who declares each user of the pool from now on: a stack, all of them, or nobody. */
  readonly owners: readonly (Stack | "all" | "nobody")[];
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
const ownerIn = (stacks: readonly Stack[]) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constantFrom(...stacks) },
    { weight: 1, arbitrary: fc.constant("all" as const) },
    { weight: 2, arbitrary: fc.constant("nobody" as const) },
  );

const stepIn = (stacks: readonly Stack[]) =>
  fc.record({
    moves: fc.array(ownerIn(stacks), { minLength: POOL.length, maxLength: POOL.length }),
    fault: fc.option(
      fc.record({
        stack: fc.constantFrom(...stacks),
        kind: fc.constantFrom("refused" as const, "broken" as const),
      }),
      { nil: undefined, freq: 2 },
    ),
    isKilled: fc.boolean(),
    isRunAgain: fc.boolean(),
  });

/** Two or three stacks, and what is requested of them. */
const history = fc.constantFrom(STACKS.slice(0, 2), [...STACKS]).chain((stacks) =>
  fc.record({
    stacks: fc.constant(stacks),
    steps: fc.array(stepIn(stacks), { minLength: 2, maxLength: 4 }),
  }),
);

/** A user file of those whom a stack declares. */
function fileOf(stack: Stack, owners: Step["owners"]): string {
  const rows = POOL.flatMap(({ email = "", name = "" }, at) =>
    [stack, "all"].includes(owners[at] ?? "nobody") ? [`${email},${name}`] : [],
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

/** Gives a team the stack `partners`, too. @returns its files */
function addPartners(team: Team): Record<string, string> {
  const name = "partners";
  const lock = "partners/.terraform.lock.hcl";
  const others = team.settings["stacks"] as readonly object[];
  team.settings["stacks"] = [...others, { name, folder: name, lock_file: lock, reads: ["lists"] }];
  return { "partners/main.tf": plainConfiguration(team, name), [lock]: lockOf("shipped") };
}

/**
 * Gives a team these stacks, and applies them for the first time.
 *
 * @returns who declares each user of the pool: each stack as many
 */
async function applyFirst(team: Team, stacks: readonly Stack[]): Promise<Step["owners"]> {
  const owners = POOL.map((_, at) => stacks[Math.floor((at * stacks.length) / POOL.length)] ?? "nobody");
  team.settings["paths"] = [];
  const { configurations, others } = plainStacks(team, {});
  await team.create("email,name\n");
  await team.mergeProposal("hcl", 1, (text) => text, {
    programs: {
      ...configurations,
      ...others,
      ...(stacks.includes("partners") && addPartners(team)),
      ...Object.fromEntries(stacks.map((stack) => [`lists/${stack}.csv`, fileOf(stack, owners)])),
    },
  });
  expect((await team.push({ before: "drift-after-apply" })).result("apply")).toBe("success");
  await team.endFirstApply();
  return owners;
}

/** A request, with its number, and the stacks that it can change. */
interface Request extends Step {
  readonly number: number;
  readonly stacks: readonly Stack[];
}

/** Merges a request, runs the workflow, and has all approved that waits. */
async function take(team: Team, its: Request, killAt: (isKilled: boolean) => void): Promise<void> {
  await team.mergeProposal(`step-${its.number}`, its.number, (text) => text, {
    programs: Object.fromEntries(
      its.stacks.flatMap((stack) => [
        [`lists/${stack}.csv`, fileOf(stack, its.owners)],
        [`${stack}/more.tf`, faultOf(stack, its)],
      ]),
    ),
  });
  killAt(its.isKilled);
  const run = await team.push({ before: "drift-after-apply" });
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
      fc.asyncProperty(history, async ({ stacks, steps }) => {
        const emulator = await startEmulator({ users: POOL });
        const team = new Team(engine, emulator);
        await team.open();
        let owners = await applyFirst(team, stacks);
        const killAt = (isKilled: boolean): void => {
          if (!isKilled) return;
          const once = { on: "delete-users-batch", nth: 1 } as const;
          emulator.steps.add({ ...once, run: () => killJobs(team.folder) });
        };
        for (const [at, { moves, ...rest }] of steps.entries()) {
          owners = owners.map((before, index) => moves[index] ?? before);
          const exists = ({ email = "" }: (typeof POOL)[number]) => emulator.pool.find(email, "email");
          const before = POOL.filter(exists);
          await take(team, { number: at + 2, stacks, owners, ...rest }, killAt);
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
