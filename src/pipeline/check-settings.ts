import type { Job } from "./job";
import { checkPaths } from "./workspace";

/** The job `settings`: checks what the settings name, and the rules of the repository. They were read before. */
export async function checkSettings(job: Job): Promise<void> {
  const { settings, platform, checkout } = job;
  const names = settings.stacks.map(({ name }) => name).join(", ");
  if (settings.synth === undefined) checkPaths(settings.stacks, checkout);
  const later =
    settings.synth === undefined
      ? ""
      : " The folders of the stacks are checked when the synth command has written them.";
  process.stdout.write(`The settings are valid: ${names}.${later}\n${await platform.checkRules(job)}\n`);
}
