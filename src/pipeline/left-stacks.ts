import { load } from "js-yaml";
import * as z from "zod";
import type { Job } from "./job";
import { SETTINGS_FILE } from "./settings";

/** The stacks of an earlier version of the settings, which may have had another form. */
const OldSettings = z.object({
  stacks: z.array(
    z.object({
      name: z.string(),
      folder: z.string().optional(),
      user_files: z.array(z.string()).default([]),
    }),
  ),
});
type OldStack = z.infer<typeof OldSettings>["stacks"][number];

/**
 * Finds the stacks that have left the settings and may still hold people. No run plans them any more, so no
 * run deletes a person who leaves them or waits in them. A stack that has another name now, in the same
 * folder, has not left.
 *
 * @returns a sentence for each
 */
export async function findLeftStacks(job: Job): Promise<string[]> {
  const { git, settings } = job;
  const names = new Set(settings.stacks.map(({ name }) => name));
  const folders = new Set(settings.stacks.map(({ folder }) => folder));
  const sentences: string[] = [];
  // The newest first: the first one that has the stack is the last before it left, whatever changed its user
  // files.
  for (const commit of await git.commitsBefore(SETTINGS_FILE))
    for (const stack of await stacksAt(job, commit)) {
      if (names.has(stack.name) || (stack.folder !== undefined && folders.has(stack.folder))) continue;
      names.add(stack.name);
      if (stack.folder !== undefined) folders.add(stack.folder);
      if (!(await mayHoldPeople(job, stack, commit))) continue;
      sentences.push(
        `The stack ${stack.name} has left ${SETTINGS_FILE} and may still hold people, last in ${commit.slice(0, 12)}. Nobody plans it any more: a person who leaves it keeps the account, also those who wait for their deletion. Bring it back. To keep their accounts, take its sets and its user files away. To delete everybody in it, declare nobody in its sets (users = {}, in CDKTF Users.fromIds([]), with max_deletions_percent = 100), and take its user files away, too. Apply that, and take it out then.`,
      );
    }
  return sentences;
}

async function stacksAt({ git }: Job, commit: string): Promise<readonly OldStack[]> {
  const text = await git.fileAt(commit, SETTINGS_FILE);
  return (text !== undefined && OldSettings.safeParse(load(text)).data?.stacks) || [];
}

/** Whether a stack may have held people when it left. One whose user files named nobody held nobody. */
async function mayHoldPeople(
  { git }: Job,
  { user_files: files }: OldStack,
  commit: string,
): Promise<boolean> {
  const texts = await Promise.all(files.map((file) => git.fileAt(commit, file)));
  return files.length === 0 || files.some((file, at) => namesSomebody(file, texts[at]));
}

/** Whether a user file may have a row. What is not certainly empty counts. */
function namesSomebody(file: string, text = ""): boolean {
  const content = text.trim();
  if (content === "" || content === "[]" || content === "{}") return false;
  const isHeaderOnly = file.endsWith(".csv") && !content.includes("\n");
  return !isHeaderOnly;
}
