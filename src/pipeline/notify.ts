import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "./job";
import { startProgram } from "./programs";
import type { CommitTrailers } from "./repository";
import { callWeb } from "./web";

/** What somebody is told of. */
export type NotifiedEvent = "plan_waits" | "apply_ended";

/**
 * Tells people of an event, with JSON: the event, a title in one line, the commit with its ticket and reason, the run, and what is known
 * of it. The command of the settings gets it on standard input; without one, the address in GENAUTH_NOTIFY_URL. Does nothing without
 * either. What fails is no failure of the run: it is said in the log.
 */
export async function notifyPeople(
  job: Job,
  event: NotifiedEvent,
  title: string,
  why: CommitTrailers,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { settings, environment, platform, git } = job;
  const { GENAUTH_NOTIFY_URL: address = "" } = environment;
  const { notify } = settings;
  if (!notify && address === "") return;
  const message = {
    event,
    title,
    commit: await git.commit(),
    ...why,
    run: platform.runUrl ?? null,
    ...facts,
  };
  const failure = notify ? await runCommand(job, message) : await send(address, message);
  if (failure !== undefined) process.stderr.write(`Nobody was told of ${event}: ${failure}\n`);
}

/** @returns why it failed */
async function runCommand(
  { settings: { notify }, environment, checkout }: Job,
  message: object,
): Promise<string | undefined> {
  if (!notify) return undefined;
  const named = ["PATH", "GENAUTH_NOTIFY_URL", ...notify.environment].flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const { code } = await startProgram(["sh", "-c", notify.command], {
    folder: checkout,
    environment: Object.fromEntries(named),
    input: JSON.stringify(message),
    // Some chat services answer with status 200 and say in the body why they refuse a message.
    isShown: true,
  });
  return code === 0 ? undefined : `the command of notify failed with exit code ${code}.`;
}

/** @returns why it failed, without the address, which is often a secret */
async function send(address: string, message: object): Promise<string | undefined> {
  try {
    const { status } = await callWeb(address, {}, { method: "POST", body: message });
    return status >= 200 && status <= 299
      ? undefined
      : `the server of GENAUTH_NOTIFY_URL answered with status ${status}. A chat service needs a message of its own form: give notify a command.`;
  } catch {
    return "the server of GENAUTH_NOTIFY_URL did not answer, or this is no web address.";
  }
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
