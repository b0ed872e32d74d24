import { expect } from "@jest/globals";
import type { PoolIdType } from "../emulator";
import type { Configuration, UserSetBlock } from "../configuration";
import type { Scenario, ScenarioOptions } from "../scenario";
import type { Workspace } from "../workspace";
import type { UserSetAttributes } from "../state-file";
import type { NullResourceVariant } from "./null-resource-case";

/** The expected output and exit code of a run. */
export interface ExpectedRun {
  /** The exit code. For a plan: 0 no changes, 2 changes, 1 an error. */
  readonly code: number;
  /** Expected parts of the output; line breaks and Terraform's frames count as single spaces. */
  readonly says?: readonly (string | RegExp)[];
  readonly neverSays?: readonly (string | RegExp)[];
}

/**
 * One acceptance scenario: a set is declared and applied, something happens, another set is declared and planned to a file, and
 * that plan is applied.
 */
export interface RemovalCase {
  readonly title: string;
  readonly setup?: ScenarioOptions;
  /** The provider's settings from the plan on. The first apply has none. */
  readonly provider?: Configuration["provider"];
  /** The set that is applied first. */
  readonly before: UserSetBlock;
  /** Called after the first apply, for changes of the pool by others and for faults of the plan. */
  readonly meanwhile?: (scenario: Pick<Scenario, "emulator">) => void;
  /** The set that is declared next. */
  readonly after: UserSetBlock;
  readonly planArguments?: readonly string[];
  readonly plan: ExpectedRun;
  /** Called between plan and apply, also for faults of the apply. */
  readonly beforeApply?: (scenario: Pick<Scenario, "emulator">) => void;
  /** Absent if the plan is refused. */
  readonly apply?: ExpectedRun;
  /** The ids of each deletion during the apply, in any order; default none; "some": not checked. */
  readonly deletions?: readonly (readonly string[])[] | "some";
  /** The set in the state at the end. */
  readonly state: Partial<Pick<UserSetAttributes, "user_id_type">> & {
    readonly users: readonly string[];
    readonly drift?: Partial<NonNullable<UserSetAttributes["drift"]>> | null;
  };
  /** The ids, of the first set's type, of all users that are not in the pool at the end. */
  readonly gone: readonly string[];
  /** The next plan; default: no changes, and none after a plan that is refused. */
  readonly next?: ExpectedRun;
  readonly nullResource: NullResourceVariant;
}

interface EndedRun {
  readonly code: number;
  readonly text: string;
}

/** Runs a case on an engine, and checks its expectations. */
export async function runRemovalCase(scenario: Scenario, story: RemovalCase): Promise<void> {
  const { emulator, workspace } = scenario;
  const everybody = emulator.pool.list().map(({ userId }) => userId);
  const type = (story.before.user_id_type ?? "user_id") as PoolIdType;
  const expectedToGo = story.gone.map(
    (id) => emulator.pool.find(id, type)?.userId ?? `nobody has the id ${id}`,
  );

  workspace.write(story.before);
  check(await workspace.apply(), { code: 0 });
  expect(deletionsReceived(scenario)).toEqual([]);

  story.meanwhile?.(scenario);
  workspace.write(story.after, story.provider);
  check(await workspace.plan("-out=plan", ...(story.planArguments ?? [])), story.plan);
  expect(deletionsReceived(scenario)).toEqual([]);
  if (story.apply) {
    story.beforeApply?.(scenario);
    check(await workspace.apply("plan"), story.apply);
  }

  if (story.deletions !== "some") {
    expect(sorted(deletionsReceived(scenario))).toEqual(sorted(story.deletions ?? []));
  }
  const { users, ...attributes } = story.state;
  const state = workspace.userSet();
  expect(Object.keys(state?.users ?? {}).sort()).toEqual([...users].sort());
  expect(state).toMatchObject(attributes);
  const lost = everybody.filter((userId) => !emulator.pool.find(userId));
  expect(lost.sort()).toEqual(expectedToGo.sort());

  const next = story.next ?? (story.apply && { code: 0, says: ["No changes"] });
  if (next === undefined) return;
  emulator.faults.clear();
  check(await workspace.plan(), next);
}

/** What the engine prints as soon as an apply changes something, so an apply that its plan refuses never prints it. */
export const CHANGE_STARTED = /(Creating|Modifying|Destroying)\.\.\./;

/** The ids of each received deletion, in order. */
export function deletionsReceived({ emulator }: Pick<Scenario, "emulator">): string[][] {
  return emulator.calls
    .filter(({ path }) => path.endsWith("/delete-users-batch"))
    .map(({ ids }) => [...ids].sort());
}

/** Declares a set and applies it. */
export async function applySet(
  workspace: Workspace,
  ...declared: Parameters<Workspace["write"]>
): Promise<void> {
  workspace.write(...declared);
  check(await workspace.apply(), { code: 0 });
}

/**
 * Checks a run.
 *
 * @throws Error with the whole output, which contains the reason
 */
export function check(run: EndedRun, { code, says = [], neverSays = [] }: ExpectedRun): void {
  const flat = run.text.replaceAll(/[\s│╷╵]+/g, " ");
  const problems = [
    ...(run.code === code ? [] : [`ends with exit code ${run.code} instead of ${code}`]),
    ...says.filter((what) => !contains(flat, what)).map((what) => `does not say ${String(what)}`),
    ...neverSays.filter((what) => contains(flat, what)).map((what) => `says ${String(what)}`),
  ];
  if (problems.length > 0) throw new Error(`The run ${problems.join(", and ")}:\n${run.text}`);
}

function contains(text: string, what: string | RegExp): boolean {
  return typeof what === "string" ? text.includes(what) : what.test(text);
}

/** Sorts calls and the ids in each, to compare them independent of their order. */
export function sorted(calls: readonly (readonly string[])[]): string[][] {
  return calls.map((ids) => [...ids].sort()).sort((a, b) => (String(a) < String(b) ? -1 : 1));
}
