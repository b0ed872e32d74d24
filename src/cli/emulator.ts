import { Command, Option } from "commander";
import { seedUsers, startEmulator } from "../emulator";
import { count } from "../users";
import { EXIT_CODES_HELP } from "./exit-codes";
import { readUsersFile } from "./users-file";
import { wholeNumber } from "./whole-number";

interface Options {
  readonly port: number;
  readonly users?: string;
  readonly count: number;
}

/** `genauth-users emulator`: GenAuth on loopback, until Ctrl-C. */
export function emulatorCommand(): Command {
  return new Command("emulator")
    .description("Run an emulator of GenAuth on 127.0.0.1, for trying things out without an account.")
    .addOption(
      new Option("--port <number>", "the port; 0 takes a free one").argParser(wholeNumber(65_535)).default(0),
    )
    .addOption(
      new Option("--count <number>", "how many made-up users it starts with, user001@example.com and so on")
        .argParser(wholeNumber(1_000_000))
        .default(120),
    )
    .addOption(
      new Option(
        "--users <file>",
        "start with the users of this file instead: a JSON array of user objects",
      ).conflicts("count"),
    )
    .addHelpText(
      "after",
      `
Prints the GENAUTH_… variables to export, one a line, then runs until Ctrl-C. What it holds is forgotten when it ends.

Example:
  $ genauth-users emulator --count 10
  export GENAUTH_HOST=http://127.0.0.1:41234
  …
Paste these lines into another terminal, and run terraform or cdktf there.

A users file looks like this; only userId is required:
  [{ "userId": "6319a1504f3ab6c0f214dd5b", "email": "ada@example.com", "name": "Ada" }]
${EXIT_CODES_HELP}`,
    )
    .action(async ({ port, users, count: size }: Options) => {
      const seeded = users === undefined ? seedUsers(size) : await readUsersFile(users);
      const emulator = await startEmulator({ port, users: seeded }).catch((error: unknown) => {
        throw portTaken(error)
          ? new Error(`Port ${port} is taken. Give another, or leave --port out.`)
          : error;
      });
      const end = interruption();
      for (const [name, value] of Object.entries(emulator.environment())) {
        process.stdout.write(`export ${name}=${value}\n`);
      }
      process.stderr.write(
        `The emulator at ${emulator.url} holds ${count(seeded.length, "user")}. Ctrl-C ends it.\n`,
      );
      await end;
      await emulator.close();
    });
}

/** Resolves at Ctrl-C, or when something else asks the process to end. Listens from the call on. */
function interruption(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
}

function portTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}
