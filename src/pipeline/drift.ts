import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ownProgram } from "../guard/command";
import { limitVariables, reachEnvironment } from "./environment";
import { readHandedOver, sha256Of } from "./hand-over";
import { type Job, renewFolder, withFolder } from "./job";
import { startProgram, withoutCommands } from "./programs";
import { Workspace } from "./workspace";

/** The drift of a stack, as a later job needs it. */
export interface StackDrift {
  readonly name: string;
  /** The headline of the report. */
  readonly title: string;
  /** A SHA-256 of who is in the drift, or `none`. It says whether they are others than the last time. */
  readonly people: string;
}

/**
 * Compares the states with the user pool. Only this process and the report have the key; the engine that shows the states has none.
 * Writes the reports to the folder of the run.
 *
 * @param stacksSha256 of the tar of the stacks, as the job said that made it
 * @param isNightly with `drift_arguments`
 * @throws Error if a stack could not be compared
 */
export async function checkStackDrift(
  job: Job,
  stacksSha256: string | undefined,
  isNightly: boolean,
): Promise<readonly StackDrift[]> {
  const { settings, environment, users, folder, platform } = job;
  const { GENAUTH_REDACT_KEY: redactKey } = environment;
  const tar = readHandedOver(folder, "stacks", stacksSha256);
  const out = renewFolder(job, "drift");
  const workspace = new Workspace(settings, job.checkout, environment, users);
  const drifts: StackDrift[] = [];
  const markdown: string[] = [];
  try {
    await workspace.unpack(tar);
    await workspace.init();
    for (const { name, folder: stack } of settings.stacks) {
      const state = await workspace.show(stack);
      if (state === undefined)
        throw new Error(`The state of ${name} could not be read. The reason is above.`);
      const files = join(out, name);
      mkdirSync(files);
      const report = await withFolder(async (inputs) => {
        writeFileSync(join(inputs, "state.json"), state);
        const args = ["drift", "--state", join(inputs, "state.json"), "--stack", name, "--save", files];
        return startProgram([...ownProgram(), ...args, ...(isNightly ? settings.drift_arguments : [])], {
          folder: job.checkout,
          environment: {
            ...limitVariables(settings, environment, workspace.folder),
            ...reachEnvironment(environment),
            ...(redactKey !== undefined && { GENAUTH_REDACT_KEY: redactKey }),
          },
        });
      });
      if (report.code !== 0 && report.code !== 2)
        throw new Error(`The drift of ${name} is not known (exit code ${report.code}). The reason is above.`);
      for (const format of ["md", "txt", "html", "json"])
        renameSync(join(files, `report.${format}`), join(files, `drift.${format}`));
      markdown.push(report.output);
      drifts.push(summarizeDrift(name, report.output, readFileSync(join(files, "drift.json"), "utf8")));
    }
    const whole = withoutCommands(markdown.join("\n"));
    writeFileSync(join(out, "drift.md"), whole);
    writeFileSync(join(out, "summary.json"), JSON.stringify(drifts));
    platform.addSummary(whole);
    return drifts;
  } finally {
    workspace.close();
  }
}

interface DriftJson {
  readonly missing: readonly { readonly set: string; readonly id: string }[];
  readonly survivors: readonly { readonly set: string; readonly id: string }[];
  readonly undeclared: readonly { readonly user_id: string }[];
}

function summarizeDrift(name: string, markdown: string, data: string): StackDrift {
  const { missing, survivors, undeclared } = JSON.parse(data) as DriftJson;
  // Users whom GenAuth did not answer for are no drift.
  const people = [
    ...missing.map(({ set, id }) => `missing ${set} ${id}`),
    ...survivors.map(({ set, id }) => `survivor ${set} ${id}`),
    ...undeclared.map(({ user_id }) => `undeclared ${user_id}`),
  ].sort();
  const title = markdown.split("\n").find((line) => line.startsWith("## ")) ?? "## Drift";
  return {
    name,
    title: title.slice("## ".length),
    people: people.length === 0 ? "none" : sha256Of(people.join("\n")),
  };
}
