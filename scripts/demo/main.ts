import "../check-platform.mjs";
import { parseArgs } from "node:util";
import { Children, Interrupted } from "./children";
import { chooseEngine, open } from "./opening";
import { removePeopleDespiteARefusal } from "./refusal";
import { removePeople } from "./removal";
import { Stage } from "./stage";
import { Voice } from "./voice";

/** How a shell counts a program that Ctrl-C ended: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

const WRONG_USAGE = 2;

const HELP = `npm run demo [-- --keep]

Removes users from an emulated GenAuth with a real engine, and shows each step.

  --keep   leave the demo's folder, and print its path
  --help   this text

Exit codes: 0 each step was checked, 1 something did not go as promised, 2 wrong usage, 130 interrupted.`;

async function demo(voice: Voice, children: Children, keep: boolean): Promise<void> {
  voice.part(
    "From a declared list to deleted users",
    "A team keeps the list of people who may have an account in a file. This demo takes people out of that file and",
    "follows them until they are gone. All of it runs on this machine, and takes less than a minute.",
  );
  const stage = new Stage(voice, children, await chooseEngine(voice, children));
  try {
    await open(stage);
    await removePeople(stage);
    await removePeopleDespiteARefusal(stage);
    voice.part(
      "Done, and each step was checked",
      "README.md goes on from here. `npm run demo -- --keep` leaves the folder for a closer look.",
    );
  } finally {
    await stage.close(keep);
    if (keep) voice.note(`The folder stays: ${stage.folder}`);
  }
}

/** The command line, or why it cannot be understood. */
function readArguments(): { readonly keep: boolean; readonly help: boolean } | { readonly problem: string } {
  try {
    const { values } = parseArgs({ options: { keep: { type: "boolean" }, help: { type: "boolean" } } });
    return { keep: values.keep === true, help: values.help === true };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

async function main(): Promise<number> {
  const asked = readArguments();
  if ("problem" in asked) {
    process.stderr.write(`${asked.problem}\n\n${HELP}\n`);
    return WRONG_USAGE;
  }
  if (asked.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const voice = new Voice(process.stdout);
  const children = new Children();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => children.interrupt());
  try {
    await demo(voice, children, asked.keep);
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) {
      voice.failure("Interrupted.");
      return INTERRUPTED;
    }
    voice.failure(messageOf(error));
    return 1;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

void main().then((code) => {
  process.exitCode = code;
});
