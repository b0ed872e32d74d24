import { Command, Option } from "commander";
import { checkDrift, type DeclaredSet, declaredSetsOf, driftDocument } from "../../reports";
import { USER_ID_TYPES, UserIdType, UserLookUps } from "../../users";
import { ExitCode, reportExitCodesHelp } from "../exit-codes";
import { readInput } from "../input";
import { reachPool } from "../../operator/reach-pool";
import { readAllUsers } from "../read-all-users";
import { type Format, formatOption, printReport, redactKey, redactOption } from "../report-options";
import { declaredSetOf, type UserFileSource } from "./user-file-set";

interface Options extends Omit<UserFileSource, "file"> {
  readonly state?: string;
  readonly users?: string;
  readonly undeclared?: boolean;
  readonly format: Format;
  readonly redact?: boolean;
}

/**
 * `genauth-users drift`: what differs between what is declared and the user pool.
 *
 * @param environment where credentials and settings are taken from
 * @param end takes the exit code, which tells whether anything differs
 */
export function driftCommand(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  return new Command("drift")
    .description("Say what differs between what is declared and the user pool, without Terraform.")
    .addOption(
      new Option(
        "--state <file>",
        "what `terraform show -json` printed of a state; - reads standard input",
      ).conflicts("users"),
    )
    .option("--users <file>", "or a user file: .txt, .csv, .json or .yaml")
    .addOption(
      new Option("--user-id-type <type>", "what the ids of the user file are")
        .choices(USER_ID_TYPES)
        .default(UserIdType.USER_ID),
    )
    .option("--id <column>", "the column or property of the user file that holds the id")
    .option("--label <column>", "the one that holds the label")
    .option("--delimiter <text>", "what stands between the fields of a .csv file")
    .option(
      "--undeclared",
      "tell who is in the pool and in no set, too; reads the whole pool, 50 users a call",
    )
    .addOption(formatOption())
    .addOption(redactOption())
    .addHelpText(
      "after",
      `
Takes GENAUTH_HOST, GENAUTH_ACCESS_KEY_ID, GENAUTH_ACCESS_KEY_SECRET and the other settings from the environment, as the
provider does. A key that can only read is enough. A pool that cannot be reached is an error, never drift.

Examples:
  $ terraform show -json | genauth-users drift --state - --format text
  $ genauth-users drift --users staff.csv --id email --user-id-type email --undeclared
${reportExitCodesHelp("no drift", "drift")}`,
    )
    .action(async (options: Options) => {
      const key = redactKey(options.redact, environment);
      const sets = await declaredSets(options);
      const { client, settings, limits } = reachPool(environment);
      try {
        const report = await checkDrift({
          sets,
          lookUps: new UserLookUps(client),
          host: settings.host,
          acceptEmptyPool: limits.acceptEmptyPool,
          ...(options.undeclared === true && { poolUsers: await readAllUsers(client) }),
          ...(key !== undefined && { redactKey: key }),
        });
        printReport(driftDocument(report), report, options.format);
        end(report.verdict === "no_drift" ? ExitCode.OK : ExitCode.DIFFERENCE);
      } finally {
        client.close();
      }
    });
}

async function declaredSets({ state, users, ...source }: Options): Promise<DeclaredSet[]> {
  if (users !== undefined) return [declaredSetOf({ file: users, ...source })];
  if (state === undefined) throw new Error("Give --state or --users: what is the pool to be held against?");
  const sets = declaredSetsOf(await readInput(state));
  if (sets.length === 0) throw new Error("The state holds no user set, so there is nothing to check.");
  return sets;
}
