import { readFile } from "node:fs/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import * as z from "zod";
import { toDotPath } from "zod/v4/core";
import {
  type Emulator,
  failBy,
  FAULT_KINDS,
  type FaultRule,
  FaultRuleSchema,
  type PoolUser,
  PoolUserSchema,
  Rules,
  seedUsers,
  startEmulator,
} from "../emulator";
import { codeOf } from "../files";
import { runCommand, serveUntilEnd } from "../guard";
import { parseJson } from "../text";
import { count } from "../users";
import { wholeNumber } from "./command-line";

interface Options {
  readonly port: number;
  readonly users?: string;
  readonly count: number;
  readonly key: KeyRights;
  readonly latency: number;
  readonly fault: readonly FaultRule[];
}

/** The keys of the emulated pool, by what they may do. */
const KEYS = {
  everything: ({ accessKeyId, accessKeySecret }: Emulator) => ({ accessKeyId, accessKeySecret }),
  deletion: ({ deletionKey }: Emulator) => deletionKey,
  reading: ({ readKey }: Emulator) => readKey,
} as const;

type KeyRights = keyof typeof KEYS;

/**
 * `cdktf-genauth emulator`: runs the emulator until its command ends, or Ctrl-C.
 *
 * @param environment that of the command, without the emulator's variables
 * @param end receives the command's exit code
 */
export function emulatorCommand(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  return new Command("emulator")
    .description("Run an emulator of GenAuth on 127.0.0.1, to try this package without an account.")
    .option("--port <number>", "the port; 0 takes a free one", wholeNumber(65_535), 0)
    .option("--count <number>", "how many sample users it holds at first", wholeNumber(1_000_000), 120)
    .addOption(
      new Option("--users <file>", "hold these users at first: a JSON array of objects").conflicts("count"),
    )
    .addOption(
      new Option("--key <rights>", "what the key may do; deletion: read and delete")
        .choices(Object.keys(KEYS))
        .default("everything"),
    )
    .option("--latency <ms>", "how many milliseconds pass before each answer", wholeNumber(600_000), 0)
    .addOption(
      new Option("--fault <json>", `a call that fails; repeatable; kinds: ${FAULT_KINDS.join(", ")}`)
        .argParser((text, before: readonly FaultRule[]) => [...before, parseFault(text)])
        .default([], "none"),
    )
    .argument("[command...]", "what to run with its variables, after --; the emulator ends with it")
    .addHelpText(
      "after",
      `
Without a command, it prints the variables to export in another terminal, and
runs until Ctrl-C. All users are lost when it ends.

Examples:
  $ cdktf-genauth emulator --count 10 -- npm test
  $ cdktf-genauth emulator --count 10

Let days pass on the emulator's clock, for example for suspend_days = 14:
  $ curl -s -X POST "$GENAUTH_HOST/let-days-pass/15"

Try a failed apply; docs/guides/testing.md explains the faults:
  $ cdktf-genauth emulator --fault \\
      '{"on":"delete-users-batch","then":{"kind":"answer","statusCode":422,
        "message":"This user is under a legal hold"}}'

A users file looks like this; only userId is required:
  [{ "userId": "6319a1504f3ab6c0f214dd5b", "email": "ada@example.com" }]

Exit codes:
  that of the command; without one, 0
  1  the emulator or the command did not start, or wrong usage; the reason is on
     stderr`,
    )
    .action(
      async (command: readonly string[], { port, users, count: size, key, latency, fault }: Options) => {
        const hook = failBy(new Rules(fault));
        const seeded = users === undefined ? seedUsers(size) : await readUsersFile(users);
        const emulator = await startEmulator({ port, users: seeded, latencyMs: latency, hook }).catch(
          (error: unknown) => {
            throw codeOf(error) === "EADDRINUSE"
              ? new Error(`Port ${port} is in use. Choose another, or leave --port out.`)
              : error;
          },
        );
        const variables = emulator.environment(KEYS[key](emulator));
        const holds = `The emulator at ${emulator.url} holds ${count(seeded.length, "user")}.`;
        try {
          if (command.length > 0) {
            process.stderr.write(`${holds}\n`);
            end(
              await runCommand(command, { environment: { ...environment, ...variables }, withInput: true }),
            );
            return;
          }
          const ended = serveUntilEnd();
          for (const [name, value] of Object.entries(variables))
            process.stdout.write(`export ${name}=${value}\n`);
          process.stderr.write(`${holds} Ctrl-C ends it.\n`);
          await ended;
        } finally {
          await emulator.close();
        }
      },
    );
}

/** @throws InvalidArgumentError that names the wrong field */
function parseFault(text: string): FaultRule {
  const value = parseJson(text);
  const checked = FaultRuleSchema.safeParse(value);
  if (checked.success) return checked.data;
  const why =
    value === undefined
      ? "it is no JSON. Put it in single quotes, so that the shell leaves the double quotes in it"
      : describeIssue(checked.error);
  throw new InvalidArgumentError(
    `It must be JSON such as {"on":"delete-users-batch","then":{"kind":"http","status":503}}; ${why}.`,
  );
}

/** The first thing that is wrong with a value, and where. If several forms are allowed, all of them are named. */
function describeIssue({ issues: [issue] }: z.ZodError): string {
  if (!issue) return "no reason given";
  const forms = issue.code === "invalid_union" ? issue.errors.flatMap(([first]) => first?.message ?? []) : [];
  const place = issue.path.length > 0 ? `${toDotPath(issue.path)}: ` : "";
  return place + (forms.join("; or ") || issue.message);
}

/**
 * People often try a user file first, such as `staff.csv`. It contains ids only, and an emulator needs
 * complete users.
 */
const USERS_FILE_ADVICE =
  'The emulator needs complete users, not the file of a user set: a JSON array of objects such as { "userId": "1", "email": "ada@example.com", "name": "Ada" }. ' +
  `Their fields are ${Object.keys(PoolUserSchema.unwrap().shape).join(", ")}; only userId is required. Or leave --users out: --count sets the number of sample users.`;

/**
 * Reads the initial users of an emulator: a JSON array of objects with the API's user fields, of which only
 * `userId` is required.
 *
 * @throws Error that names the file and, if known, the wrong entry and field
 */
async function readUsersFile(file: string): Promise<readonly PoolUser[]> {
  const content = await readFile(file).catch((cause: unknown) => {
    throw new Error(`${file} cannot be read: ${(cause as Error).message}.`, { cause });
  });
  try {
    // Decoding also removes a byte order mark.
    return z.array(PoolUserSchema).parse(JSON.parse(new TextDecoder().decode(content)));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? describeIssue(cause) : (cause as SyntaxError).message;
    throw new Error(`${file} cannot be read as a JSON array of users: ${why}. ${USERS_FILE_ADVICE}`, {
      cause,
    });
  }
}
