import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../text";
import { baseEnvironment } from "./environment";
import type { Job } from "./job";
import { startProgram } from "./programs";
import { withFolder } from "./workspace";

/** What `conftest test --output json` prints (source: conftest.dev, "Output"). */
const Results = z
  .array(
    z.object({
      failures: z.array(z.object({ msg: z.string() })).nullish(),
      successes: z.number().nullish(),
    }),
  )
  .min(1);

/**
 * Checks a plan with the policy of the settings, which conftest evaluates without a key.
 *
 * @param plan what the engine shows of it
 * @returns what the policy denies; empty without a policy
 * @throws Error if it was not checked: a policy that cannot be asked has not allowed the plan
 */
export async function checkPolicy({ settings, checkout, environment }: Job, plan: string): Promise<string[]> {
  const { policy } = settings;
  if (!policy) return [];
  const { folder, data } = policy;
  const args = [
    ...["test", PLAN, "--output", "json", "--no-color"],
    ...["--policy", join(checkout, folder)],
    ...(data === undefined ? [] : ["--data", join(checkout, data)]),
  ];
  // In an empty folder: it reads `conftest.toml` where it runs, and plugins of its home, without which it does not start.
  const { code, output } = await withFolder((empty) => {
    writeFileSync(join(empty, PLAN), plan);
    return startProgram(["conftest", ...args], {
      folder: empty,
      environment: { ...baseEnvironment(environment), HOME: empty },
    });
  });
  const results = Results.safeParse(parseJson(output));
  const failures = results.data?.flatMap((each) => each.failures ?? []) ?? [];
  const checked = results.data?.reduce((sum, { successes }) => sum + (successes ?? 0), failures.length) ?? 0;
  // A policy without a rule, as of a wrong folder, checks nothing and ends with 0.
  if (checked === 0 || (code !== 0 && failures.length === 0))
    throw new Error(
      `conftest did not check the plan with the policy in ${folder} (exit code ${code}). The reason is above, or the folder holds no rule. Nothing was applied.`,
    );
  return failures.map(({ msg }) => msg);
}

const PLAN = "plan.json";
