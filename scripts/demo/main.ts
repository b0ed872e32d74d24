import "../check-platform.mjs";
import { parseArgs } from "node:util";
import { Children, Interrupted } from "./children";
import { chooseEngine, setUp } from "./setup";
import { removePeopleDespiteARefusal } from "./refusal";
import { removePeople } from "./removal";
import { suspendPeopleFirst } from "./suspension";
import { EngineContext } from "./engine-context";
import { DemoOutput } from "./demo-output";

/** The exit code of a program that Ctrl-C ended: 128 plus the number of SIGINT. */
const INTERRUPTED = 130;

const WRONG_USAGE = 2;

const HELP = `npm run demo [-- --verbose --keep]

Removes and suspends users of an emulated GenAuth with a real engine, and shows each step.

  --verbose  print why each step is done, and all output of the engine
  --keep     keep the demo's folder, and print its path
  --help     print this text

Exit codes: 0 all checks passed, 1 a check failed, 2 wrong usage, 130 interrupted.`;

async function demo(output: DemoOutput, children: Children, keep: boolean): Promise<void> {
  output.part(
    "From a declared list to deleted users",
    "A team keeps the list of people who may have an account in a file. This demo removes people from that file and",
    "follows them until they are deleted. Everything runs on this machine, and takes less than a minute.",
  );
  const context = new EngineContext(output, children, await chooseEngine(output, children));
  try {
    await setUp(context);
    await removePeople(context);
    await removePeopleDespiteARefusal(context);
    await suspendPeopleFirst(context);
    output.part(
      "Done: all checks passed",
      "Continue with README.md. `npm run demo -- --verbose` prints all output of the engine; `-- --keep` keeps the folder.",
    );
  } finally {
    await context.close(keep);
    if (keep) output.note(`The folder is kept: ${context.folder}`);
  }
}

interface Options {
  readonly verbose: boolean;
  readonly keep: boolean;
  readonly help: boolean;
}

/** The options, or what is wrong with them. */
function readArguments(): Options | { readonly problem: string } {
  try {
    const option = { type: "boolean", default: false } as const;
    return parseArgs({ options: { verbose: option, keep: option, help: option } }).values;
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
  const output = new DemoOutput(process.stdout, { verbose: asked.verbose });
  const children = new Children();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => children.interrupt());
  try {
    await demo(output, children, asked.keep);
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) {
      output.failure("Interrupted.");
      return INTERRUPTED;
    }
    output.failure(messageOf(error));
    return 1;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

void main().then((code) => {
  process.exitCode = code;
});
