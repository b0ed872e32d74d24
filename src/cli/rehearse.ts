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
import { reportExitCodesHelp } from "./command-line";
import { addFindingOptions, endWith, type FindingOptions, poolOf, printFindings } from "./doctor";

interface Options extends FindingOptions {
  readonly consent?: string;
  readonly journal: string;
  readonly production: boolean;
  readonly acceptSideEffects: boolean;
  readonly cleanUp?: string;
}

/** Calls per second, unless the environment sets another pace: a rehearsal is in no hurry. */
const CALLS_PER_SECOND = 10;

/**
 * `cdktf-genauth rehearse`: finds out with test users what a change does in a user pool.
 *
 * @param environment contains the credentials and settings
 * @param end receives the exit code, which says whether there is advice
 */
export function rehearseCommand(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  return addFindingOptions(new Command("rehearse"))
    .description("Find out what changes do in a user pool, with test users. Needs consent.")
    .addOption(consentOption())
    .option("--journal <folder>", "where a new genauth-rehearsal-<time>.jsonl names whom it creates", ".")
    .option("--production", `rehearse even if the pool holds more than ${MOST_LISTED} users`, false)
    .option("--accept-side-effects", "rehearse even if something of the pool reacts to test users", false)
    .addOption(
      new Option("--clean-up <journal>", "only delete whom a killed rehearsal has left").conflicts([
        "consent",
        "journal",
      ]),
    )
    .addHelpText(
      "after",
      `
Creates nine users without a password, changes and deletes them, and notifies
nobody; Ctrl-C ends it and deletes them. Rehearse in a second, empty pool first:
a service that deletes others than asked would do so here, too. On a terminal,
you type the access key id once more; elsewhere, ${CONSENT_VARIABLE}
must be it. Makes about 150 calls, ${CALLS_PER_SECOND} per second unless
GENAUTH_REQUESTS_PER_SECOND is set.

The key needs the right to call get-user, get-user-batch, list-users,
create-users-batch, update-user-batch, delete-users-batch, list-webhooks,
list-sync-tasks, list-pipeline-functions.

Example:
  $ cdktf-genauth rehearse --consent $GENAUTH_ACCESS_KEY_ID
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
  return `cdktf-genauth rehearse --clean-up ${printable(file)}`;
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
