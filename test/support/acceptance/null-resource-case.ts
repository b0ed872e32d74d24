import { describe, expect, test } from "@jest/globals";
import type { PoolIdType } from "../emulator";
import { engines } from "../engine/engines";
import { useScenarios, type Scenario } from "../scenario";
import { check, deletionsReceived, sorted, type ExpectedRun, type RemovalCase } from "./removal-case";

/**
 * How a case runs with the null resource.
 *
 * `always`: in each test run. `long`: only with `NULL_RESOURCE=all`, as in `npm run test:null-resource`, because another case
 * covers the same path through the engine in each run, and the domain's tests cover the rule. `not`: why the scenario does not
 * apply.
 */
export type NullResourceVariant =
  | "always"
  | "long"
  | {
      readonly run: "always" | "long";
      /** Why the log of the apply differs. */
      readonly because: string;
      readonly log: ExpectedRun;
    }
  | { readonly not: string };

/** Runs the cases of a table that apply to the null resource, on every engine. */
export function describeWithNullResource(title: string, cases: readonly RemovalCase[]): void {
  const all = process.env.NULL_RESOURCE === "all";
  const chosen = cases.filter(({ nullResource: variant }) => {
    if (typeof variant === "object" && "not" in variant) return false;
    return all || (typeof variant === "string" ? variant : variant.run) === "always";
  });
  if (chosen.length === 0) return;
  describe.each(engines())(`${title} with a null_resource on $name`, (engine) => {
    const open = useScenarios(engine, "null_resource");
    test.each(chosen)("$title", async (story) => {
      const environment = { ...story.setup?.environment, ...settingsOf(story) };
      await runNullResourceCase(await open({ ...story.setup, environment }), story);
    });
  });
}

/** Runs tests of the null resource on every engine, but only with `NULL_RESOURCE=all`, as a case that is `long`. */
export function describeLongWithNullResource(
  title: string,
  declareTests: (open: ReturnType<typeof useScenarios>) => void,
): void {
  if (process.env.NULL_RESOURCE !== "all") return;
  describe.each(engines())(`${title} with a null_resource on $name`, (engine) => {
    declareTests(useScenarios(engine, "null_resource"));
  });
}

/** The settings of the provider's block as variables, because no block configures the null resource. */
function settingsOf({ provider = {} }: RemovalCase): Record<string, string> {
  const settings = Object.entries(provider).filter(([name]) => name !== "protected_users");
  return Object.fromEntries(
    settings.map(([name, value]) => [`GENAUTH_${name.toUpperCase()}`, String(value)]),
  );
}

/**
 * Runs a case with the null resource. Its plan looks nobody up, so the messages of the provider's plan are in the log of the
 * apply, and a plan that the provider refuses is an apply that deletes nobody. A set with survivors, or a refused one, stays in
 * the state unchanged.
 */
async function runNullResourceCase(scenario: Scenario, story: RemovalCase): Promise<void> {
  const { emulator, workspace } = scenario;
  const everybody = emulator.pool.list().map(({ userId }) => userId);
  const type = (story.before.user_id_type ?? "user_id") as PoolIdType;
  const expectedToGo = story.gone.map((id) => emulator.pool.find(id, type)?.userId);

  const { protected_users = {} } = story.provider ?? {};
  workspace.write(story.before, { protected_users });
  check(await scenario.workspace.apply(), { code: 0 });
  story.meanwhile?.(scenario);
  workspace.write(story.after, { protected_users });
  const plan = await workspace.plan("-out=plan");
  check(plan, { code: 2, says: planLines(story), neverSays: ["(local-exec)"] });
  expect(emulator.calls).toEqual([]);

  story.beforeApply?.(scenario);
  const log = logExpectedOf(story);
  check(withoutLogPrefixes(await workspace.apply("plan")), log);
  if (story.deletions !== "some")
    expect(sorted(deletionsReceived(scenario))).toEqual(sorted(story.deletions ?? []));

  const state = workspace.userSet();
  const held = log.code === 0 ? story.state.users : idsOf(story.before.users);
  expect(Object.keys(state?.users ?? {}).sort()).toEqual([...held].sort());
  if (story.state.user_id_type) expect(state?.user_id_type).toBe(story.state.user_id_type);
  const reports = story.apply !== undefined && emulator.calls.length > 0;
  if (reports && story.state.drift) expect(state?.drift).toMatchObject(story.state.drift);
  if (!reports) expect(state?.drift).toBeNull();
  const lost = everybody.filter((userId) => !emulator.pool.find(userId));
  expect(lost.sort()).toEqual(expectedToGo.sort());

  emulator.faults.clear();
  check(await workspace.plan(), log.code === 0 ? { code: 0, says: ["No changes"] } : { code: 2 });
}

/** The lines of Terraform's diff, in which each user is a trigger. */
function planLines({ plan, nullResource }: RemovalCase): string[] {
  if (typeof nullResource === "object") return ["must be replaced"];
  return [
    "must be replaced",
    ...textsOf(plan)
      .filter(isDiff)
      .map((line) => line.replace('"', '"user:')),
  ];
}

function logExpectedOf({ plan, apply, nullResource }: RemovalCase): ExpectedRun {
  if (typeof nullResource === "object" && "log" in nullResource) return nullResource.log;
  const patterns = [...(plan.says ?? []), ...(apply?.says ?? [])];
  return {
    code: apply?.code ?? 1,
    says: patterns.filter((what) => typeof what !== "string" || !isDiff(what)),
    neverSays: [...(plan.neverSays ?? []), ...(apply?.neverSays ?? [])],
  };
}

function textsOf({ says = [] }: ExpectedRun): string[] {
  return says.filter((what) => typeof what === "string");
}

function isDiff(line: string): boolean {
  return /^[-~+] "/.test(line);
}

/** The command's output without Terraform's prefixes. */
export function withoutLogPrefixes({ code, text }: { code: number; text: string }): {
  code: number;
  text: string;
} {
  return { code, text: text.replaceAll(/^null_resource\.\S+ \(local-exec\): ?/gm, "") };
}

function idsOf(users: RemovalCase["before"]["users"]): string[] {
  if (typeof users === "string") throw new Error("The null resource takes no expression for users.");
  return Array.isArray(users) ? [...(users as readonly string[])] : Object.keys(users);
}
