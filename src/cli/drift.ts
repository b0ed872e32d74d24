import { Command, Option } from "commander";
import { checkDrift, type DeclaredSet, driftDocument, readDeclaredSets, selectUserPool } from "../reports";
import { readUserFile, UserFileError, type UserFileWords } from "../user-files";
import { checkRows, type UserIdType, UserLookUps } from "../users";
import {
  ExitCode,
  readShown,
  reportExitCodesHelp,
  requireOption,
  stateOption,
  userIdTypeOption,
} from "./command-line";
import { createManagementClient } from "../api";
import { usePool } from "../operator";
import { printable } from "../text";
import { readUsersAtTerminal, withProgressLine } from "./progress-line";
import {
  addReportOptions,
  printReport,
  readContext,
  readRedactKey,
  type ReportOptions,
} from "./report-options";

interface Options extends ReportOptions {
  readonly state?: string;
  readonly users?: string;
  readonly undeclared?: boolean;
  readonly ignore?: string;
  readonly set?: string;
  readonly userPoolName?: string;
  // The others are for a user file.
  readonly userIdType?: UserIdType;
  readonly id?: string;
  readonly label?: string;
  readonly delimiter?: string;
}

/**
 * `cdktf-genauth drift`: reports differences between the declared users and the user pool.
 *
 * @param environment contains the credentials and settings
 * @param end receives the exit code, which says whether there is drift
 */
export function driftCommand(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  const command = new Command("drift")
    .description("Report differences between the declared users and the user pool. Changes nothing.")
    .addOption(stateOption().conflicts(["users", "userIdType", "id", "label", "delimiter"]))
    .addOption(
      new Option("--users <file>", "compare a file: .txt, .csv, .json, .yaml").conflicts([
        "set",
        "userPoolName",
      ]),
    )
    .addOption(userIdTypeOption("with --users, the type of the ids in the file; required"))
    .option("--id <column>", 'with --users, the column or property of the ids (default: "id")')
    .option("--label <column>", 'with --users, that of the labels (default: "label", if any)')
    .option("--delimiter <text>", 'with --users, the field separator of a .csv file (default: ",")')
    .option("--undeclared", "also list who is in the pool, but in no set; reads the whole pool")
    .option("--ignore <file>", "leave out the users of a file: .txt, .csv, .json or .yaml with ids under id")
    .option("--set <address>", "only sets with this address; * is any text, as in 'module.hr.*'")
    .option("--user-pool-name <name>", "only sets of this pool; needed if the state holds several");
  return addReportOptions(command)
    .addHelpText(
      "after",
      `
A read-only key is enough. If the pool cannot be reached, that is an error, and
never drift.

Examples:
  $ terraform show -json | cdktf-genauth drift --state - --format text
  $ cdktf-genauth drift --users staff.csv --id email --label name \\
      --user-id-type email --undeclared
${reportExitCodesHelp("no drift", "drift: always, so that a check fails")}`,
    )
    .action(async (options: Options, self: Command) => {
      const redactKey = readRedactKey(options, environment);
      if (options.users !== undefined) requireOption(self, "userIdType");
      const sets = await readSets(options, environment);
      const { ignore, set } = options;
      const ignored = ignore === undefined ? [] : readUserFile(ignore, {}, IGNORE_WORDS).map(({ id }) => id);
      const concerns = matcher(set);
      if (!sets.some(({ name }) => concerns(name))) throw new Error(noSetMatches(set, sets));
      const report = await usePool(createManagementClient, environment, ({ client, settings, limits }) =>
        withProgressLine(async (progress) =>
          checkDrift({
            sets,
            lookUps: new UserLookUps(client),
            host: settings.host,
            context: readContext(options),
            ignored: new Set(ignored),
            concerns,
            acceptEmptyPool: limits.acceptEmptyPool,
            progress,
            poolUsers: options.undeclared === true ? await readUsersAtTerminal(client) : undefined,
            redactKey,
          }),
        ),
      );
      printReport({ document: driftDocument(report), data: report }, options, environment);
      end(report.verdict === "no_drift" ? ExitCode.OK : ExitCode.DIFFERENCE);
    });
}

async function readSets(
  { state, users, userPoolName, userIdType, ...options }: Options,
  environment: NodeJS.ProcessEnv,
): Promise<readonly DeclaredSet[]> {
  if (users !== undefined && userIdType !== undefined) return [readFileSet(users, userIdType, options)];
  if (state === undefined)
    throw new Error(
      "Nothing to compare the pool with. Give --state FILE for a state, or --users FILE for a user file.",
    );
  const sets = readDeclaredSets(await readShown(state, environment));
  if (sets.length === 0) throw new Error("The state holds no user set, so there is nothing to check.");
  return selectUserPool(sets, userPoolName);
}

/** How messages about the file of `--ignore` say what to change. It has no options of its own. */
const IGNORE_WORDS: UserFileWords = {
  choose: (_file, option) => option,
  separate: () => "save it with commas",
  withoutUsers: "If an export was cut short, repeat it; if nobody is to be ignored, leave out --ignore.",
};

/** Whether an address matches a pattern, in which `*` stands for any text. Everything else is itself. */
function matcher(pattern = "*"): (name: string) => boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join(".*")}$`, "su");
  return (name) => expression.test(name);
}

function noSetMatches(pattern = "*", sets: readonly DeclaredSet[]): string {
  const names = sets.map(({ name }) => `  ${printable(name)}`).join("\n");
  return `No set of the state matches --set ${printable(pattern)}, so there is nothing to check. Its sets are:\n${names}`;
}

/** How messages about a user file say what to change, in this command's options. */
const COMMAND_WORDS: UserFileWords = {
  choose: (_file, option, name) => `--${option} ${/^[\w.-]+$/.test(name) ? name : `'${name}'`}`,
  separate: (_file, delimiter) => `give --delimiter ${delimiter === "\t" ? "$'\\t'" : `'${delimiter}'`}`,
  withoutUsers:
    "If an export was cut short, repeat it; if nobody is meant to be declared, there is nothing to compare.",
};

/**
 * Reads a user file as a set.
 *
 * @throws UserFileError with file and line, if the file or an id is not valid
 */
function readFileSet(
  file: string,
  userIdType: UserIdType,
  { id, label, delimiter }: Pick<Options, "id" | "label" | "delimiter">,
): DeclaredSet {
  const rows = readUserFile(file, { id, label, delimiter }, COMMAND_WORDS);
  const [first] = checkRows(rows, userIdType);
  if (first)
    throw new UserFileError(
      file,
      `${first.problem} The ids are read as ${userIdType}, as --user-id-type says.`,
      first.line,
    );
  return {
    name: file,
    userIdType,
    declared: new Map(rows.map((row) => [row.id, row.label])),
    survivors: new Map(),
    suspended: new Map(),
    missingBefore: new Set(),
    sensitive: false,
    isFile: true,
  };
}
