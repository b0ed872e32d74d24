import { Command, Option } from "commander";
import { createRestoreClient } from "../api";
import { usePool } from "../operator";
import {
  isNamedBy,
  planRestore,
  PoolReader,
  readDeletionRecord,
  type RecordedAccount,
  restoreAccounts,
  type Restored,
  type RestoreEntry,
} from "../service";
import { printable } from "../text";
import { systemClock } from "../timing";
import { ACTIVATED, count } from "../users";
import { EXIT_CODES_HELP, requireOption } from "./command-line";
import { consentOption, obtainConsent } from "./consent";

interface Options {
  readonly record: string;
  readonly all?: true;
  readonly consent?: string;
}

/** What no record brings back. `restore` prints it, and the guide shows it. */
const NOT_RESTORED = `These do not come back:
  system user id                a new one; change it in sets of type user_id and
                                in other systems
  password, second factors      the person sets them again
  groups, roles, permissions    assign them again
  sessions, history             lost
`;

const CONSENT_VARIABLE = "GENAUTH_RESTORE_CONSENT";

/**
 * `cdktf-genauth restore`: creates accounts again from the deletion record.
 *
 * @param environment contains the credentials and settings
 */
export function restoreCommand(environment: NodeJS.ProcessEnv): Command {
  return new Command("restore")
    .description("Create deleted accounts again from the deletion record. Needs consent.")
    .argument("[ids...]", "the users to create again, by any id that the record holds")
    .option("--record <path>", "the folder of GENAUTH_DELETION_RECORD, or one file of it; required")
    .addOption(new Option("--all", "everybody in the record"))
    .addOption(consentOption())
    .addHelpText(
      "after",
      `
Creates no account with an id that somebody in the pool has, so it can be run
again after it was cut off. On a terminal, you type the access key id once
more; elsewhere, ${CONSENT_VARIABLE} must be it. The key needs the
right to call get-user-batch and create-users-batch. Nobody is notified.

${NOT_RESTORED}
Example:
  $ cdktf-genauth restore --record /var/lib/genauth/deleted ada@example.com
${EXIT_CODES_HELP}`,
    )
    .action(async (ids: readonly string[], { record, all, consent }: Options, self: Command) => {
      requireOption(self, "record");
      if ((ids.length === 0) === (all === undefined))
        self.error(
          "error: name the users to restore by their ids, or give --all for everybody in the record",
        );
      const accounts = readDeletionRecord(record, (file) =>
        process.stderr.write(
          `warning: The last line of ${printable(file)} is cut off, and was left out. If a crash of the apply did that, its user was not deleted. If the file is a copy, take the whole one.\n`,
        ),
      );
      const unknown = ids.filter((id) => !accounts.some((account) => isNamedBy(id, account)));
      if (unknown.length > 0)
        throw new Error(
          `${printable(record)} holds nobody with ${unknown.map(printable).join(", ")}. Nobody was created.`,
        );
      const isWanted = (account: RecordedAccount) => ids.some((id) => isNamedBy(id, account));
      await usePool(createRestoreClient, environment, async ({ client, settings }) => {
        const reader = new PoolReader(client.probe, systemClock);
        const plan = await planRestore(accounts, all ? () => true : isWanted, settings.host, reader);
        for (const entry of plan) say(printable(describeEntry(entry)));
        const restorable = plan.filter(({ verdict }) => verdict === "create" || verdict === "there");
        const skipped = ids.filter((id) => !restorable.some(({ account }) => isNamedBy(id, account)));
        if (skipped.length > 0)
          throw new Error(
            `${skipped.map(printable).join(", ")} ${skipped.length === 1 ? "is" : "are"} not restored. The lines above say why. Nobody was created.`,
          );
        const due = plan.filter(({ verdict }) => verdict === "create").map(({ account }) => account);
        if (due.length === 0) {
          say("Nobody is to be created.");
          return;
        }
        const key = printable(settings.accessKeyId);
        say(
          `\n${count(due.length, "account")} to create in the pool of ${key} at ${settings.host}. The record does not say from which pool of this host they were deleted: the key must be of that pool. ${NOT_RESTORED}`,
        );
        if (consent === undefined) {
          say(`Nobody was created. To create them, add --consent ${key}.`);
          return;
        }
        await obtainConsent(consent, settings.accessKeyId, environment, CONSENT_VARIABLE);
        let open = due.length;
        await restoreAccounts(due, {
          reader,
          client,
          patienceMs: settings.confirmSeconds * 1000,
          onEnd: (restored) => {
            if (restored.userId !== undefined) open -= 1;
            say(printable(describeEnding(restored)));
          },
        });
        if (open > 0)
          throw new Error(
            `${count(open, "account")} not there. The lines above say why. Run this again once that is solved.`,
          );
      });
    });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function describeEntry({
  account: { id, recordedAt, label, user },
  verdict,
  obstacle = "",
}: RestoreEntry): string {
  const { status = ACTIVATED } = user;
  const facts = [
    ...(label === "" ? [] : [label]),
    `recorded ${recordedAt}`,
    ...(status === ACTIVATED ? [] : [`${String(status)}: cannot log in`]),
  ];
  const about = {
    create: facts.join(", "),
    there: `somebody has one of the ids: ${obstacle}`,
    older: `a later record has one of the ids: ${obstacle}`,
    without_id:
      "no id but the system user id, which does not come back: nothing would tell whether the account is there",
    other_host: "was recorded at another host",
  };
  return `${verdict === "create" ? "create" : "skip  "}  ${id}  ${about[verdict]}`;
}

function describeEnding({ account: { id }, ending, userId = "", why = "" }: Restored): string {
  const about = {
    created: `created as ${userId}`,
    there: `is there already as ${userId}`,
    refused: `not created: ${why}`,
    unconfirmed: "not confirmed: GenAuth answered with success, and no look-up shows the account yet",
  };
  return `${id}  ${about[ending]}`;
}
