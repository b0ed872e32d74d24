import type { Job } from "./job";
import { showLine, startProgram } from "./programs";
import type { CommitTrailers } from "./repository";

/**
 * Tells people of an event: the command of `notify` gets JSON on standard input with the event, a title in
 * one line, the commit with its ticket and reason, the run, and what is known of it. Does nothing without a
 * command. What fails is no failure of the run: it is said in the log.
 */
export async function notifyPeople(
  { settings: { notify }, environment, checkout, platform, git }: Job,
  event: "plan_waits" | "apply_ended",
  title: string,
  why: CommitTrailers,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (!notify) return;
  const commit = await git.commit();
  const message = { event, title, commit, ...why, run: platform.runUrl ?? null, ...facts };
  const names = ["PATH", "GENAUTH_NOTIFY_URL", ...notify.environment];
  const { code } = await startProgram(["sh", "-c", notify.command], {
    folder: checkout,
    environment: Object.fromEntries(names.map((name) => [name, environment[name]])),
    input: JSON.stringify(message),
    // Some chat services answer with status 200 and say in the body why they refuse a message.
    isShown: true,
  });
  if (code !== 0)
    showLine(`Nobody was told of ${event}: the command of notify failed with exit code ${code}.`);
}
