import { isDeepStrictEqual } from "node:util";
import { load } from "js-yaml";
import * as z from "zod";
import { printable } from "../text";
import type { Job } from "./job";
import { remote } from "./repository";
import { SETTINGS_FILE } from "./settings";

/** The parts of the settings that hold a plan back, in any earlier form. */
const OldSettings = z.object({
  limits: z.record(z.string(), z.unknown()).default({}),
  allow: z.unknown().optional(),
  refuse_declared_elsewhere: z.unknown().optional(),
});

/**
 * Finds the limits that this commit alters, because who approves the plan approves them, too. It refuses
 * nothing: the owners of the settings have approved their change.
 *
 * @returns a sentence for each
 */
export async function findChangedSettings(job: Job): Promise<string[]> {
  const before = await readLimits(job, await findBase(job));
  const after = await readLimits(job, "HEAD");
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names
    .filter((name) => !isDeepStrictEqual(before.get(name), after.get(name)))
    .map((name) => `${name}: ${show(before.get(name))} before, ${show(after.get(name))} now.`);
}

/**
 * The commit with which this one is compared: the target of a pull request, or the one before the push, which
 * can bring several commits.
 */
async function findBase({ platform, git }: Job): Promise<string> {
  const target = platform.pullRequest?.target;
  if (target !== undefined && (await platform.fetchBranch(git, target))) return remote(target);
  const { pushedFrom } = platform;
  // A branch that is new has none, and after a forced push, the checkout lacks it.
  return pushedFrom !== undefined && (await git.knows(pushedFrom)) ? pushedFrom : "HEAD^1";
}

async function readLimits({ git }: Job, commit: string): Promise<ReadonlyMap<string, unknown>> {
  const text = (await git.knows(commit)) ? await git.fileAt(commit, SETTINGS_FILE) : undefined;
  const { data } = OldSettings.safeParse(text === undefined ? {} : load(text));
  const { limits = {}, ...others } = data ?? {};
  return new Map(Object.entries({ ...limits, ...others }).filter(([, value]) => value !== undefined));
}

function show(value: unknown): string {
  return value === undefined ? "not set" : printable(JSON.stringify(value));
}
