import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "./job";
import { startProgram } from "./programs";

/** What somebody is told of. */
export type NotifiedEvent = "plan_waits" | "apply_ended";

/**
 * Runs the command of the settings that tells people, with JSON on its standard input: the event, the commit, the run, and what is
 * known of it. Does nothing without one. A command that fails is no failure of the run: it is said in the log.
 */
export async function notifyPeople(
  job: Job,
  event: NotifiedEvent,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { settings, environment, platform, git, checkout } = job;
  const { notify } = settings;
  if (!notify) return;
  const { PATH } = environment;
  const named = notify.environment.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const { code } = await startProgram(["sh", "-c", notify.command], {
    folder: checkout,
    environment: { ...(PATH !== undefined && { PATH }), ...Object.fromEntries(named) },
    input: JSON.stringify({ event, commit: await git.commit(), run: platform.runUrl ?? null, ...facts }),
  });
  if (code !== 0)
    process.stderr.write(
      `Nobody was told of ${event}: the command of notify failed with exit code ${code}.\n`,
    );
}

/** The reports of the stacks of a run, as data. */
export function readReports({ folder, settings }: Job): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    settings.stacks.flatMap(({ name }) => {
      const file = join(folder, "plan", name, "report.json");
      return existsSync(file) ? [[name, JSON.parse(readFileSync(file, "utf8")) as unknown]] : [];
    }),
  );
}
