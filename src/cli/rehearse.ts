import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { Command, InvalidArgumentError, Option } from "commander";
import { createTestUserCalls } from "../api";
import { checkOutput, writeOutput } from "../files";
import { reachPoolBy } from "../operator";
import {
  cleanUp,
  CONSENT_VARIABLE,
  findObstacles,
  isConsent,
  journalName,
  type JournalledPool,
  MOST_USERS,
  type RehearsalReport,
  rehearsalReport,
  rehearsalText,
  rehearse,
  type RehearsalRequest,
  type Survey,
  surveyPool,
} from "../rehearse";
import { renderJson } from "../reports";
import { printable } from "../text";
import { systemClock } from "../timing";
import { count } from "../users";
import { ExitCode, reportExitCodesHelp } from "./command-line";

const RENDERERS: Readonly<Record<"text" | "json", (report: RehearsalReport) => string>> = {
  text: rehearsalText,
  json: renderJson,
};

interface Options {
  readonly pool?: string;
  readonly format: keyof typeof RENDERERS;
  readonly profile?: string;
  readonly journal?: string;
  readonly phone?: RehearsalRequest["phone"];
  readonly production: boolean;
  readonly acceptSideEffects: boolean;
  readonly cleanUp?: string;
}

/** Calls per second, unless the environment sets another pace: a rehearsal is in no hurry. */
const CALLS_PER_SECOND = 10;

/**
 * `genauth-users rehearse`: finds out with test users what a change does in a user pool.
 *
 * @param environment contains the credentials and settings
 * @param end receives the exit code, which says whether there is advice
 */
export function rehearseCommand(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  return new Command("rehearse")
    .description(
      "Find out with test users what changes do in a user pool: create some, change them, delete them. Needs consent.",
    )
    .addOption(new Option("--pool <access key id>", "consent to a rehearsal in the pool of this access key"))
    .addOption(
      new Option("--format <format>", "the format of the report")
        .choices(Object.keys(RENDERERS))
        .default("text"),
    )
    .addOption(
      new Option(
        "--profile <file>",
        "write how the service behaves, for genauth-users emulator --profile",
      ).argParser(outputFile),
    )
    .addOption(
      new Option(
        "--journal <file>",
        "where to write whom it creates, in a new file; default genauth-rehearsal-<time>.jsonl",
      ),
    )
    .addOption(
      new Option(
        "--phone <number>",
        "a phone number of your own for one test user, such as +86-13800000000; default none",
      ).argParser(phoneNumber),
    )
    .addOption(
      new Option("--production", `rehearse even if the pool holds more than ${MOST_USERS} users`).default(
        false,
      ),
    )
    .addOption(
      new Option(
        "--accept-side-effects",
        "rehearse even if webhooks, synchronisations or functions of the pool react to test users",
      ).default(false),
    )
    .addOption(
      new Option(
        "--clean-up <journal>",
        "delete whom a rehearsal that was killed has left, and nothing else",
      ).conflicts(["pool", "profile", "journal", "phone"]),
    )
    .addHelpText(
      "after",
      `
Without --pool, it changes nothing and prints what it would do. Rehearse in a second, empty pool first: a service that deletes
others than asked would do so here, too. On a terminal, you type the access key id once more; elsewhere, ${CONSENT_VARIABLE}
must be the access key id. It makes about 250 calls, ${CALLS_PER_SECOND} per second unless GENAUTH_REQUESTS_PER_SECOND is set. It creates about 20 users
without a password and notifies nobody. The key needs the right to create, update, delete, look up and list users.

Example:
  $ genauth-users rehearse --pool $GENAUTH_ACCESS_KEY_ID --profile profile.json
${reportExitCodesHelp("the service does what the provider relies on", "the provider works, and there is advice", "the provider cannot work safely, test users may be left, there was no consent, a call failed, or wrong usage; the reason is on stderr")}`,
    )
    .action(async (options: Options) => {
      const isPaceGiven = Boolean(environment["GENAUTH_REQUESTS_PER_SECOND"]);
      const { client, settings } = reachPoolBy(
        (given) =>
          createTestUserCalls({ ...given, ...(!isPaceGiven && { requestsPerSecond: CALLS_PER_SECOND }) }),
        environment,
      );
      const { host, accessKeyId, tenantId, confirmSeconds } = settings;
      const pool = {
        host,
        access_key_id: accessKeyId,
        ...(tenantId !== undefined && { tenant_id: tenantId }),
      };
      const reach: Reach = { ...client, pool, confirmSeconds, environment };
      try {
        if (options.cleanUp !== undefined) await cleanUpAfter(options.cleanUp, reach);
        else await rehearseIn(options, reach, end);
      } finally {
        client.close();
      }
    });
}

type Reach = ReturnType<typeof createTestUserCalls> & {
  readonly pool: JournalledPool;
  readonly confirmSeconds: number;
  readonly environment: NodeJS.ProcessEnv;
};

async function rehearseIn(options: Options, reach: Reach, end: (code: number) => void): Promise<void> {
  const { probe, calls, pool, confirmSeconds } = reach;
  const file = resolve(options.journal ?? journalName(new Date()));
  checkOutput(file);
  const survey = await surveyPool(probe);
  const obstacles = findObstacles(
    survey,
    { production: options.production, sideEffects: options.acceptSideEffects },
    file,
  );
  process.stderr.write(`${describe(survey, pool, file)}\n`);
  if (obstacles.length > 0) throw new Error(["Nothing was changed.", ...obstacles].join("\n"));
  await obtainConsent(options.pool, reach);
  const stop = new AbortController();
  const release = stopOnSignals(stop);
  try {
    const rehearsal = await rehearse({
      ...{ probe, calls, pool, survey, file, confirmSeconds, clock: systemClock, stop: stop.signal },
      ...(options.phone && { phone: options.phone }),
      onStep: (what) => process.stderr.write(`Asking: ${what}.\n`),
    });
    const report = rehearsalReport(pool.host, rehearsal);
    process.stdout.write(RENDERERS[options.format](report));
    if (options.profile !== undefined) writeOutput(options.profile, renderJson(rehearsal.profile));
    if (report.verdict === "stop") throw new Error(refusal(report, file));
    end(report.verdict === "fine" ? ExitCode.OK : ExitCode.DIFFERENCE);
  } finally {
    release();
  }
}

function describe(
  { total, sideEffects, unread }: Survey,
  { host, access_key_id }: JournalledPool,
  file: string,
): string {
  return [
    `The rehearsal concerns the pool of ${printable(access_key_id)} at ${printable(host)}, which holds ${count(total, "user")}.`,
    'It creates about 20 users whose names begin with "rehearsal", changes and deletes them, and deletes nobody else.',
    ...sideEffects,
    ...unread,
    "No call shows whether the pool has a custom database or workflows, which would also see test users: look in the console.",
    `Its journal is ${printable(file)}. If the rehearsal is killed, run genauth-users rehearse --clean-up with it.`,
  ].join("\n");
}

/** @throws Error without consent to this very pool */
async function obtainConsent(named: string | undefined, { pool, environment }: Reach): Promise<void> {
  const id = pool.access_key_id;
  if (named === undefined)
    throw new Error(`Nothing was changed. To rehearse in this pool, add --pool ${printable(id)}.`);
  if (!isConsent(named, id))
    throw new Error(
      `Nothing was changed: --pool is ${printable(named)}, but the access key id is ${printable(id)}. Check which pool GENAUTH_ACCESS_KEY_ID names.`,
    );
  const consent = process.stdin.isTTY ? await typed() : environment[CONSENT_VARIABLE];
  if (!isConsent(consent, id))
    throw new Error(
      process.stdin.isTTY
        ? "Nothing was changed, because what you typed is not the access key id."
        : `Nothing was changed. Without a terminal, ${CONSENT_VARIABLE} must be the access key id.`,
    );
}

/** Asks on the terminal. @returns what was typed; nothing after Ctrl-C or Ctrl-D */
function typed(): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    let answer: string | undefined;
    terminal.once("close", () => {
      // The terminal's line goes on after the question.
      if (answer === undefined) process.stderr.write("\n");
      resolve(answer ?? "");
    });
    terminal.question("Type the access key id to begin: ", (line) => {
      answer = line;
      terminal.close();
    });
  });
}

/** The first signal ends the questions and lets the clean-up run; a second one ends the process. */
function stopOnSignals(stop: AbortController): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const handle = (): void => {
    process.stderr.write("Interrupted: the test users are deleted now. Interrupt again to leave them.\n");
    stop.abort();
    release();
  };
  const release = (): void => {
    for (const signal of signals) process.removeListener(signal, handle);
  };
  for (const signal of signals) process.on(signal, handle);
  return release;
}

function refusal({ questions }: RehearsalReport, file: string): string {
  const stopped = questions.filter(({ result }) => result === "stop");
  const isLeft = stopped.some(({ question }) => question === "clean_up");
  const titles = stopped.map(({ title }) => title).join(", ");
  return isLeft
    ? `Test users may be left in the pool: ${titles}. Run genauth-users rehearse --clean-up ${printable(file)}.`
    : `The provider cannot work safely with this pool yet: ${titles}. The report says what to do.`;
}

async function cleanUpAfter(journal: string, { probe, calls, pool, confirmSeconds }: Reach): Promise<void> {
  const request = { probe, calls, pool, file: journal, clock: systemClock };
  const { found, problem } = await cleanUp({ ...request, patienceMs: confirmSeconds * 1000 });
  if (problem !== undefined)
    throw new Error(`It is not certain that nobody is left. ${problem} Run this again later.`);
  process.stdout.write(
    `${count(found, "test user")} ${found === 1 ? "was" : "were"} left and ${found === 1 ? "is" : "are"} gone now. Look-ups, a search and its count find nobody.\n`,
  );
}

function outputFile(path: string): string {
  checkOutput(path);
  return path;
}

/** @throws InvalidArgumentError unless the country code is told apart */
function phoneNumber(text: string): RehearsalRequest["phone"] {
  const [, phoneCountryCode, phone] = /^(\+\d{1,3})-(\d{5,14})$/.exec(text) ?? [];
  if (phoneCountryCode === undefined || phone === undefined)
    throw new InvalidArgumentError("Write the country code, a hyphen and the number: +86-13800000000.");
  return { phone, phoneCountryCode };
}
