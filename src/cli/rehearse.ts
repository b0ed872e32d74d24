import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { Command, InvalidArgumentError, Option } from "commander";
import { createTestUserCalls } from "../api";
import { checkOutput } from "../files";
import { reachPoolBy } from "../operator";
import {
  cleanUp,
  CONSENT_VARIABLE,
  findObstacles,
  isConsent,
  journalName,
  type JournalledPool,
  MOST_USERS,
  type Rehearsal,
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
import { type Clock, systemClock } from "../timing";
import { count } from "../users";
import { ExitCode, helpText, reportExitCodesHelp, showsColours } from "./command-line";

const RENDERERS: Readonly<Record<"text" | "json", typeof rehearsalText>> = {
  text: rehearsalText,
  json: (report) => renderJson(report),
};

interface Options {
  readonly pool?: string;
  readonly format: keyof typeof RENDERERS;
  readonly all: boolean;
  readonly journal?: string;
  readonly phone?: RehearsalRequest["phone"];
  readonly production: boolean;
  readonly acceptSideEffects: boolean;
  readonly cleanUp?: string;
}

/** What the key must be allowed; docs/index.md lists the same calls. */
const REHEARSAL_CALLS = [
  ...["get-user", "get-user-batch", "list-users", "create-users-batch", "delete-users-batch"],
  ...["update-user-batch", "list-webhooks", "list-sync-tasks", "list-pipeline-functions"],
  ...["list-archived-users", "list-ext-idp", "link-identity"],
] as const;

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
      new Option("--all", "list every question of the text, also where the service is as assumed").default(
        false,
      ),
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
      ).conflicts(["pool", "journal", "phone"]),
    )
    .addHelpText(
      "after",
      `
Without --pool, it changes nothing and prints what it would do. Rehearse in a
second, empty pool first: a service that deletes others than asked would do so
here, too. On a terminal, you type the access key id once more; elsewhere,
${CONSENT_VARIABLE} must be the access key id. It makes about 250 calls,
${CALLS_PER_SECOND} per second unless GENAUTH_REQUESTS_PER_SECOND is set. It
creates about 20 users without a password, and notifies nobody. Ctrl-C ends it
and deletes them.

${helpText(`The key needs the right to call ${REHEARSAL_CALLS.join(", ")}.`)}

Example:
  $ genauth-users rehearse --pool $GENAUTH_ACCESS_KEY_ID
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
  process.stderr.write(`${describe(survey, pool)}\n`);
  if (obstacles.length > 0) throw new Error(["Nothing was changed.", ...obstacles].join("\n"));
  if (options.pool === undefined) process.stderr.write(`${describeJournal("would be", file)}\n`);
  await obtainConsent(options.pool, reach);
  process.stderr.write(`${describeJournal("is", file)}\n`);
  const stop = new AbortController();
  const release = stopOnSignals(stop, file);
  const progress = startProgressOnStderr();
  try {
    const rehearsal = await rehearse({
      ...{ probe, calls, pool, survey, file, confirmSeconds, clock: systemClock, stop: stop.signal },
      ...(options.phone && { phone: options.phone }),
      onStep: progress.say,
    });
    if (rehearsal.isInterrupted) throw new Error(explainEnd(rehearsal, file));
    const report = rehearsalReport(pool.host, rehearsal);
    const isColoured = showsColours(reach.environment);
    process.stdout.write(RENDERERS[options.format](report, { all: options.all, isColoured }));
    if (report.verdict === "stop") throw new Error(refusal(report, file));
    end(report.verdict === "fine" ? ExitCode.OK : ExitCode.DIFFERENCE);
  } finally {
    progress.end();
    release();
  }
}

function explainEnd({ answers }: Rehearsal, file: string): string {
  return answers.clean_up.result === "fine"
    ? "The rehearsal was interrupted, so it says nothing about the pool. Nobody is left of its test users."
    : `The rehearsal was interrupted, and it is not certain that nobody is left. Run ${cleanUpCommand(file)}.`;
}

function cleanUpCommand(file: string): string {
  return `genauth-users rehearse --clean-up ${printable(file)}`;
}

/** After how long without a new step it says that it still works, in milliseconds. */
const STILL_MS = 10_000;

/** Says what a rehearsal does. */
interface Progress {
  readonly say: (what: string) => void;
  readonly end: () => void;
}

/**
 * Says what happens, after how many seconds; and every ten seconds without a new step that it still does.
 *
 * @param write is given each line, without a line break
 */
export function startProgress(clock: Clock, write: (line: string) => void): Progress {
  const begun = clock.elapsed();
  let step = new AbortController();
  const writeTimed = (what: string): void => {
    const seconds = Math.round((clock.elapsed() - begun) / 1000);
    write(`${String(seconds).padStart(3)} s: ${what}`);
  };
  const repeat = async (what: string, { signal }: AbortController): Promise<void> => {
    for (;;) {
      await clock.sleep(STILL_MS, signal);
      if (signal.aborted) return;
      writeTimed(`still ${what}`);
    }
  };
  return {
    say: (what) => {
      step.abort();
      step = new AbortController();
      writeTimed(what);
      void repeat(what, step);
    },
    end: () => step.abort(),
  };
}

function startProgressOnStderr(): Progress {
  return startProgress(systemClock, (line) => process.stderr.write(`${line}\n`));
}

function describe({ total, sideEffects, unread }: Survey, { host, access_key_id }: JournalledPool): string {
  return [
    `A rehearsal concerns the pool of ${printable(access_key_id)} at ${printable(host)}, which holds ${count(total, "user")}.`,
    'It creates about 20 users whose names begin with "rehearsal", changes and deletes them, and deletes nobody else.',
    ...sideEffects,
    ...unread,
    "No call shows whether the pool has a custom database or workflows, which would also see test users: look in the console.",
  ].join("\n");
}

function describeJournal(verb: "is" | "would be", file: string): string {
  return `Its journal ${verb} ${printable(file)}. If a rehearsal is killed, run: ${cleanUpCommand(verb === "is" ? file : "<journal>")}`;
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

/**
 * The first signal ends the questions and lets the clean-up run; a second one ends the process.
 *
 * @param stop absent if there is nothing but a clean-up, which the first signal ends
 */
function stopOnSignals(stop: AbortController | undefined, file: string): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const handle = (signal: NodeJS.Signals): void => {
    if (stop && !stop.signal.aborted) {
      process.stderr.write("Interrupted: the test users are deleted now. Interrupt again to leave them.\n");
      stop.abort();
      return;
    }
    process.stderr.write(
      `error: interrupted by ${signal}. Test users may be left. Run ${cleanUpCommand(file)}.\n`,
    );
    release();
    process.kill(process.pid, signal);
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
    ? `Test users may be left in the pool. Run ${cleanUpCommand(file)}.`
    : `The provider cannot work safely with this pool yet: ${titles}. The report says what to do.`;
}

async function cleanUpAfter(journal: string, { probe, calls, pool, confirmSeconds }: Reach): Promise<void> {
  const release = stopOnSignals(undefined, journal);
  const progress = startProgressOnStderr();
  try {
    const { found, problem, remedy } = await cleanUp({
      ...{ probe, calls, pool, file: journal, clock: systemClock },
      ...{ patienceMs: confirmSeconds * 1000, onStep: progress.say },
    });
    if (problem !== undefined)
      throw new Error(`It is not certain that nobody is left. ${describeFound(found)} ${problem} ${remedy}`);
    const gone =
      found === 0
        ? "Nobody is left."
        : `${count(found, "test user")} ${found === 1 ? "was" : "were"} left and ${found === 1 ? "is" : "are"} gone now.`;
    process.stdout.write(`${gone} Look-ups, a search and its count find nobody.\n`);
  } finally {
    progress.end();
    release();
  }
}

function describeFound(found: number): string {
  if (found === 0) return "No test user was found.";
  return `${count(found, "test user")} ${found === 1 ? "was" : "were"} found, and deletions were sent.`;
}

/** @throws InvalidArgumentError unless the country code is told apart */
function phoneNumber(text: string): RehearsalRequest["phone"] {
  const [, phoneCountryCode, phone] = /^(\+\d{1,3})-(\d{5,14})$/.exec(text) ?? [];
  if (phoneCountryCode === undefined || phone === undefined)
    throw new InvalidArgumentError("Write the country code, a hyphen and the number: +86-13800000000.");
  return { phone, phoneCountryCode };
}
