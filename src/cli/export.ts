import { readFileSync, statSync } from "node:fs";
import { Command, Option } from "commander";
import { stringify } from "csv-stringify/sync";
import { createManagementClient, type User } from "../api";
import { checkOutput, writeOutput } from "../files";
import { printable, singleLine } from "../text";
import {
  checkUserId,
  count,
  findDuplicates,
  idsOfUser,
  type UserIdType,
  withoutRefusedCharacters,
} from "../users";
import { EXIT_CODES_HELP, requireOption, userIdTypeOption } from "./command-line";
import { usePool } from "../operator";
import { writeToStandardOutput } from "./process";
import { readUsersAtTerminal } from "./progress-line";

/** The fields that can be the label. */
const LABEL_FIELDS = ["name", "username", "email", "phone", "externalId", "userId", "none"] as const;

type LabelField = (typeof LABEL_FIELDS)[number];

/** How the entries of a user file are built. */
interface EntryOptions {
  readonly userIdType: UserIdType;
  readonly label: LabelField;
  /** The `extIdpId` for `identity`, or the provider for `sync_relation`; default the user's first one. */
  readonly source?: string;
}

interface Options extends EntryOptions {
  readonly output?: string;
  readonly force?: boolean;
}

/**
 * `cdktf-genauth export`: writes a user file of the existing pool, as a starting point.
 *
 * @param environment contains the credentials and settings
 */
export function exportCommand(environment: NodeJS.ProcessEnv): Command {
  return new Command("export")
    .description("Write a user file of an existing user pool, as the starting point of a set.")
    .addOption(userIdTypeOption("the type of the ids in the file; required"))
    .addOption(
      new Option("--label <field>", "the field that reviewers see beside the id")
        .choices(LABEL_FIELDS)
        .default("name"),
    )
    .option(
      "--source <source>",
      "the extIdpId of identity, or the provider of sync_relation (default: the first)",
    )
    .option("-o, --output <file>", "the file to write (default: standard output)")
    .option("--force", "replace the file if it holds users already")
    .addHelpText(
      "after",
      `
The file has the columns id and label, which Users.fromFile and drift --users
expect. It is written once all users are read, 50 per call.

Example:
  $ cdktf-genauth export --user-id-type email -o staff.csv
${EXIT_CODES_HELP}`,
    )
    .action((options: Options, self: Command) => {
      requireOption(self, "userIdType");
      return run(options, environment);
    });
}

async function run(
  { output, force = false, ...options }: Options,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  if (output !== undefined) {
    checkOutput(output);
    if (!force) refuseUsers(output);
  }
  const exported = await readPoolFile(options, environment, output);
  if (output !== undefined) writeOutput(output, exported.file);
  else if (!(await writeToStandardOutput(exported.file))) return;
  process.stderr.write(exported.summary);
}

/**
 * Refuses to replace a list that people have reviewed: who was taken out of it would come back, and who is
 * not in the pool yet would leave.
 *
 * @throws Error that says what to do, if the file holds more than a header
 */
function refuseUsers(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return;
  if (readFileSync(file, "utf8").trim().split("\n").length > 1)
    throw new Error(
      `${printable(file)} holds users already. An export would take back who was removed from it, and remove who is not in the pool yet. Name another file, or give --force to replace it.`,
    );
}

/** A user file of a pool. */
export interface ExportedPool {
  /** The text of the user file. */
  readonly file: string;
  /** How many users are in it, where it is written, and who is left out. */
  readonly summary: string;
}

/**
 * Reads a user pool as the text of a user file.
 *
 * @param output the file that it will be written to, for the summary; absent for standard output
 * @throws Error with GenAuth's reason, if not all users could be read, or if two have the same id
 */
export async function readPoolFile(
  options: EntryOptions,
  environment: NodeJS.ProcessEnv,
  output?: string,
): Promise<ExportedPool> {
  const users = await usePool(createManagementClient, environment, ({ client }) =>
    readUsersAtTerminal(client),
  );
  const results = users.map((user) => toEntry(user, options));
  const entries = results.filter((result) => "id" in result);
  const problems = results.flatMap((result) => ("problem" in result ? [result.problem] : []));
  return {
    file: formatUserFile(entries, options.userIdType),
    summary: summary(entries.length, problems, output),
  };
}

/** How many of the omitted users are named. */
const MOST_NAMED = 20;

function summary(written: number, problems: readonly string[], output: string | undefined): string {
  const named = problems.slice(0, MOST_NAMED).map((problem) => `  ${problem}\n`);
  const beyond = problems.length > MOST_NAMED ? `  and ${problems.length - MOST_NAMED} more\n` : "";
  const leftOut =
    problems.length === 0 ? "" : `${problems.length} left out; no set can manage them by this id type:\n`;
  const where = output === undefined ? "" : ` to ${printable(output)}`;
  return `${count(written, "user")} written${where}.\n${leftOut}${named.join("")}${beyond}`;
}

/** A line of a user file. */
interface ExportEntry {
  readonly id: string;
  /** May be empty. */
  readonly label: string;
}

/** Builds the line for a user, or says in a sentence why there is none. */
function toEntry(user: User, options: EntryOptions): ExportEntry | { readonly problem: string } {
  const [id] = idsOfUser(user, options.userIdType, options.source);
  if (!id) return { problem: `User ${printable(user.userId)} has no ${options.userIdType}.` };
  const problem = checkUserId(id, options.userIdType);
  return problem === undefined ? { id, label: labelOf(user, options.label) } : { problem };
}

/** Text that a spreadsheet takes for a formula: it begins with one of these and is not a plain number. */
const FORMULA = /^[=+\-@](?!\d+$)/;

/**
 * Puts the label on one line, without marks that no label may contain, such as those of the direction of
 * text. A label that a spreadsheet would run as a formula is marked as text with a leading apostrophe, as
 * spreadsheets do it.
 */
function labelOf(user: User, field: LabelField): string {
  const label = field === "none" ? "" : (user[field] ?? "");
  const text = withoutRefusedCharacters(singleLine(label)).trim();
  return FORMULA.test(text) ? `'${text}` : text;
}

/**
 * Writes entries as the CSV file that `Users.fromFile` reads, sorted by id, so that two exports differ only
 * where the pool does.
 *
 * @throws Error if two users have the same id, since a removal would be ambiguous
 */
function formatUserFile(entries: readonly ExportEntry[], type: UserIdType): string {
  const sorted = [...entries].sort((one, other) => (one.id < other.id ? -1 : 1));
  const [duplicate] = findDuplicates(
    sorted.map(({ id }) => id),
    type,
  );
  if (duplicate) {
    throw new Error(
      `Two users have the ${type} ${duplicate.join(" and ")}, so a removal would be ambiguous. Correct them in GenAuth, or export another id type.`,
    );
  }
  return stringify(
    sorted.map(({ id, label }) => [id, label]),
    // The reader trims leading and trailing white space unless it is quoted.
    { header: true, columns: ["id", "label"], quoted_match: /^\s|\s$/ },
  );
}
