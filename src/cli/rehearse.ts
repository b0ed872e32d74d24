import { resolve } from "node:path";
import { Command, Option } from "commander";
import { createTestUserCalls, type ManagementClientOptions } from "../api";
import { checkOutput } from "../files";
import { usePool } from "../operator";
import {
  cleanUp,
  CONSENT_VARIABLE,
  findObstacles,
  MOST_LISTED,
  nameJournal,
  Readings,
  rehearse,
  type RehearsalRequest,
  type ReportedPool,
  reportOn,
  type Survey,
  surveyPool,
} from "../service";
import { printable } from "../text";
import { systemClock } from "../timing";
import { count } from "../users";
import { consentOption, obtainConsent } from "./consent";
import { helpText, reportExitCodesHelp } from "./command-line";
import { addFindingOptions, endWith, type FindingOptions, poolOf, printFindings } from "./doctor";

interface Options extends FindingOptions {
  readonly consent?: string;
  readonly journal: string;
  readonly production: boolean;
  readonly acceptSideEffects: boolean;
  readonly cleanUp?: string;
}

/** What the key must be allowed; docs/index.md lists the same calls. */
const REHEARSAL_CALLS = [
  ...["get-user", "get-user-batch", "list-users", "create-users-batch", "delete-users-batch"],
  ...["update-user-batch", "list-webhooks", "list-sync-tasks", "list-pipeline-functions"],
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
  const flag = (name: string, what: string) => new Option(name, what).default(false);
  return addFindingOptions(new Command("rehearse"))
    .description(
      "Find out with test users what changes do in a user pool: create some, change them, delete them. Needs consent.",
    )
    .addOption(consentOption())
    .addOption(
      new Option(
        "--journal <folder>",
        "where to write whom it creates, in a new file genauth-rehearsal-<time>.jsonl",
      ).default(".", "here"),
    )
    .addOption(flag("--production", `rehearse even if the pool holds more than ${MOST_LISTED} users`))
    .addOption(
      flag(
        "--accept-side-effects",
        "rehearse even if webhooks, synchronisations or functions of the pool react to test users",
      ),
    )
    .addOption(
      new Option(
        "--clean-up <journal>",
        "delete whom a rehearsal that was killed has left, and nothing else",
      ).conflicts(["consent", "journal"]),
    )
    .addHelpText(
      "after",
      `
Without --consent, it changes nothing and prints what it would do. Rehearse in a
second, empty pool first: a service that deletes others than asked would do so
here, too. On a terminal, you type the access key id once more; elsewhere,
${CONSENT_VARIABLE} must be the access key id. It makes about 150 calls,
${CALLS_PER_SECOND} per second unless GENAUTH_REQUESTS_PER_SECOND is set. It
creates nine users without a password, and notifies nobody. Ctrl-C ends it
and deletes them.

${helpText(`The key needs the right to call ${REHEARSAL_CALLS.join(", ")}.`)}

Example:
  $ genauth-users rehearse --consent $GENAUTH_ACCESS_KEY_ID
${reportExitCodesHelp("the service does what the provider relies on", "with --detailed-exitcode: the provider works, and there is advice", "the provider cannot work safely, test users may be left, there was no consent, it was interrupted, a call failed, or wrong usage; the reason is on stderr")}`,
    )
    .action(async (options: Options) => {
      const pace = environment["GENAUTH_REQUESTS_PER_SECOND"] ? {} : { requestsPerSecond: CALLS_PER_SECOND };
      const connect = (given: ManagementClientOptions) => createTestUserCalls({ ...given, ...pace });
      await usePool(connect, environment, ({ client, settings }) => {
        const stop = new AbortController();
        const reach: Reach = {
          readings: new Readings(client.probe, systemClock, { stop: stop.signal }),
          ...{ calls: client.calls, pool: poolOf(settings) },
          onStep: (what) => void process.stderr.write(`${what}\n`),
          confirmSeconds: settings.confirmSeconds,
          stop,
        };
        return options.cleanUp === undefined
          ? rehearseIn(options, reach, environment, end)
          : cleanUpAfter(options.cleanUp, reach);
      });
    });
}

type Reach = Pick<RehearsalRequest, "readings" | "calls" | "pool" | "confirmSeconds"> & {
  readonly onStep: (what: string) => void;
  /** Ends the readings. */
  readonly stop: AbortController;
};

async function rehearseIn(
  options: Options,
  reach: Reach,
  environment: NodeJS.ProcessEnv,
  end: (code: number) => void,
): Promise<void> {
  const { readings, pool, stop } = reach;
  const file = resolve(nameJournal(options.journal, new Date()));
  checkOutput(file);
  const survey = await surveyPool(readings);
  process.stderr.write(`${describe(survey, pool)}\n`);
  const obstacles = findObstacles(survey, options, options.journal);
  if (obstacles.length > 0) throw new Error(["Nothing was changed.", ...obstacles].join("\n"));
  const { consent } = options;
  if (consent === undefined)
    throw new Error(
      `Nothing was changed. To rehearse in this pool, add --consent ${printable(pool.access_key_id)}.`,
    );
  await obtainConsent(consent, pool.access_key_id, environment, CONSENT_VARIABLE);
  process.stderr.write(`Its journal is ${printable(file)}. If it is killed, run: ${cleanUpCommand(file)}\n`);
  endOnSignals(stop, file);
  const { answers, interrupted } = await rehearse({ ...reach, survey, file });
  const isLeft = answers.clean_up.result !== "fine";
  if (interrupted !== undefined)
    throw new Error(
      `The rehearsal was interrupted, so it says nothing about the pool: ${interrupted} ${isLeft ? `It is not certain that nobody is left. Run ${cleanUpCommand(file)}.` : "Nobody is left of its test users."}`,
    );
  const report = reportOn("rehearsal", pool, answers);
  printFindings(report, options.format, environment);
  if (isLeft) throw new Error(`Test users may be left in the pool. Run ${cleanUpCommand(file)}.`);
  endWith(report, options, end);
}

function cleanUpCommand(file: string): string {
  return `genauth-users rehearse --clean-up ${printable(file)}`;
}

function describe({ total, sideEffects }: Survey, { host, access_key_id }: ReportedPool): string {
  return [
    `A rehearsal concerns the pool of ${printable(access_key_id)} at ${printable(host)}, which holds ${count(total, "user")}.`,
    'It creates nine users whose names begin with "rehearsal", changes and deletes them, and deletes nobody else.',
    ...sideEffects,
    "No call shows whether the pool has a custom database or workflows, which would also see test users: look in the console.",
  ].join("\n");
}

async function cleanUpAfter(file: string, { stop, confirmSeconds, ...reach }: Reach): Promise<void> {
  endOnSignals(stop, file);
  const { found, problem, remedy } = await cleanUp({ ...reach, file, patienceMs: confirmSeconds * 1000 });
  if (problem !== undefined)
    throw new Error(
      `It is not certain that nobody is left. Test users found, whose deletion was sent: ${found}. ${problem} ${remedy}`,
    );
  process.stdout.write(
    `Nobody is left. Test users deleted now: ${found}. Look-ups and a search find nobody.\n`,
  );
}

/** The first signal ends the questions, or the clean-up that was asked for; a second one ends the process. */
function endOnSignals(stop: AbortController, file: string): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      if (!stop.signal.aborted) {
        process.stderr.write("Interrupted: it ends as soon as it can. Interrupt again to end it at once.\n");
        stop.abort();
        return;
      }
      process.stderr.write(
        `error: interrupted by ${signal}. Test users may be left. Run ${cleanUpCommand(file)}.\n`,
      );
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    });
}
