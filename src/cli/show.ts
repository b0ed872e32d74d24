import { Command } from "commander";
import { createManagementClient } from "../api";
import { usePool } from "../operator";
import { findPerson, personText, readStandings, renderJson } from "../reports";
import { checkUserId, USER_ID_TYPES, UserLookUps } from "../users";
import { ExitCode, type PlainFormat, plainFormatOption, readShown, stateOption } from "./command-line";

interface Options {
  readonly format: PlainFormat;
  readonly state?: string;
}

/**
 * `cdktf-genauth show`: says who has an id, and how the sets stand to that person.
 *
 * @param environment contains the credentials and settings
 * @param end receives the exit code, which says whether somebody has it
 */
export function showCommand(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  return new Command("show")
    .description("Say who has an id, and which sets declare, keep or have suspended that person. Only reads.")
    .argument("<id>", `an id of any type: ${USER_ID_TYPES.join(", ")}`)
    .addOption(plainFormatOption())
    .addOption(stateOption())
    .addHelpText(
      "after",
      `
Looks the id up as each type that it can be of. A read-only key is enough. If
GenAuth does not answer, that is an error, never an absence.

Example:
  $ cdktf-genauth show ada@example.com --state terraform.tfstate

Exit codes:
  0  somebody has the id
  1  nobody has it, it is not known, or wrong usage`,
    )
    .action(async (id: string, { format, state }: Options) => {
      const problems = USER_ID_TYPES.map((type) => checkUserId(id, type));
      if (!problems.includes(undefined)) throw new Error(problems[0]);
      const standings = state === undefined ? undefined : readStandings(await readShown(state, environment));
      const report = await usePool(createManagementClient, environment, ({ client, settings, limits }) =>
        findPerson(id, {
          lookUps: new UserLookUps(client),
          host: settings.host,
          standings,
          protectedUsers: limits.protectedUsers,
        }),
      );
      process.stdout.write(format === "json" ? renderJson(report) : personText(report));
      if (report.people.length === 0) end(ExitCode.FAILED);
    });
}
