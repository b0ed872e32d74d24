import { writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import type { SearchCondition } from "../../api";
import { count, USER_ID_TYPES, type UserIdType } from "../../users";
import { EXIT_CODES_HELP } from "../exit-codes";
import { reachPool } from "../reach-pool";
import { readAllUsers } from "../read-all-users";
import { exportEntry, LABEL_FIELDS, type LabelField } from "./export-entry";
import { parseCondition } from "./search-condition";
import { userFileOf } from "./user-file";

interface Options {
  readonly userIdType: UserIdType;
  readonly label: LabelField;
  readonly source?: string;
  readonly keywords?: string;
  readonly where: readonly SearchCondition[];
  readonly output?: string;
}

/**
 * `genauth-users export`: the user file of the pool as it is, to start from.
 *
 * @param environment where credentials and settings are taken from
 */
export function exportCommand(environment: NodeJS.ProcessEnv): Command {
  return new Command("export")
    .description("Write the user file of an existing user pool, so that a set starts from who is there.")
    .addOption(
      new Option("--user-id-type <type>", "what the ids of the file are")
        .choices(USER_ID_TYPES)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option("--label <field>", "what reviewers read beside the id")
        .choices(LABEL_FIELDS)
        .default("name"),
    )
    .option(
      "--source <source>",
      "for identity the extIdpId, for sync_relation the provider (default: the first)",
    )
    .option("--keywords <text>", "only whom GenAuth finds by this in phone, e-mail, name and user name")
    .addOption(
      new Option("--where <condition>", 'only who meets "FIELD OPERATOR VALUE"; may be given several times')
        .argParser((text, before: readonly SearchCondition[]) => [...before, parseCondition(text)])
        .default([], "everybody"),
    )
    .option("--output <file>", "the file to write (default: standard output)")
    .addHelpText(
      "after",
      `
Reads 50 users a call, and writes only once it has read all of them. Takes GENAUTH_HOST, GENAUTH_ACCESS_KEY_ID,
GENAUTH_ACCESS_KEY_SECRET and the other settings from the environment, as the provider does.

Example:
  $ genauth-users export --user-id-type email --where "status EQUAL Activated" --output staff.csv
${EXIT_CODES_HELP}`,
    )
    .action((options: Options) => run(options, environment));
}

async function run(
  { keywords, where, output, ...options }: Options,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const { client } = reachPool(environment);
  try {
    const users = await readAllUsers(client, {
      ...(keywords !== undefined && { keywords }),
      conditions: where,
    });
    const results = users.map((user) => exportEntry(user, options));
    const entries = results.filter((result) => "id" in result);
    const problems = results.flatMap((result) => ("problem" in result ? [result.problem] : []));
    const file = userFileOf(entries, options.userIdType);
    if (output === undefined) process.stdout.write(file);
    else await writeFile(output, file);
    process.stderr.write(summary(entries.length, problems));
  } finally {
    client.close();
  }
}

/** How many of those who are left out are named. */
const MOST_NAMED = 20;

function summary(written: number, problems: readonly string[]): string {
  const named = problems.slice(0, MOST_NAMED).map((problem) => `  ${problem}\n`);
  const beyond = problems.length > MOST_NAMED ? `  and ${problems.length - MOST_NAMED} more\n` : "";
  const leftOut =
    problems.length === 0 ? "" : `${problems.length} left out; no set can manage them by this id type:\n`;
  return `${count(written, "user")} written.\n${leftOut}${named.join("")}${beyond}`;
}
