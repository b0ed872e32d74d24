import { expect, test } from "@jest/globals";
import type { Command } from "commander";
import { COMMANDS } from "../../../src/cli/commands";

/**
 * What scripts depend on: the flags of each command, and the exit codes that its help names; those of `common` are 0 and 1. A row that
 * changes here is a change of the command line.
 */
const REPORT = ["--format", "--save", "--redact", "--stack", "--commit", "--run-url"];
const USERS = ["--user", "--guard-user"];
const TABLE: Readonly<
  Record<string, readonly [flags: readonly string[], codes: "common" | "command's" | "0 1 2"]>
> = {
  init: [["--language", "--cdk", "--backend", "--user-id-type", "--export", "--no-export"], "common"],
  export: [["--user-id-type", "--label", "--source", "-o, --output", "--force"], "common"],
  emulator: [["--port", "--count", "--users", "--key", "--latency", "--fault"], "command's"],
  "install-provider": [["--dir", "--home", "--locked", "--executable", "--platform"], "common"],
  doctor: [["--format", "--detailed-exitcode"], "0 1 2"],
  "plan-report": [
    [
      ...[
        ...REPORT,
        "--messages",
        "--look-up",
        "--user-ids",
        "--fail-above",
        "--fail-unless-whole",
        "--only-allowed",
        "--new",
        "--protect",
      ],
      ...["--allow", "--detailed-exitcode"],
    ],
    "0 1 2",
  ],
  drift: [
    [
      ...[
        "--state",
        "--users",
        "--user-id-type",
        "--id",
        "--label",
        "--delimiter",
        "--undeclared",
        "--ignore",
      ],
      ...["--set", "--user-pool-name", ...REPORT],
    ],
    "0 1 2",
  ],
  show: [["--format", "--state"], "common"],
  restore: [["--record", "--all", "--consent"], "common"],
  guard: [
    [
      ...[
        "--plan",
        "--plan-sha256",
        "--protect",
        "--allow",
        "--read-only",
        "--key-from-stdin",
        "--max-deletions",
      ],
      ...["--max-plan-age", "--audit", "--ticket", "--reason", "--listen", ...USERS],
    ],
    "command's",
  ],
  pipeline: [[], "common"],
  "pipeline init": [[], "common"],
  "pipeline synth": [["--settings", "--branch"], "common"],
  "pipeline plan": [["--settings", "--stacks-sha256", "--seal", ...USERS], "common"],
  "pipeline apply": [
    [
      ...["--settings", "--sealed-plans-sha256", "--planned-attempt", "--commit"],
      ...["--without-deletions", ...USERS],
    ],
    "common",
  ],
  "pipeline drift": [["--settings", "--stacks-sha256", "--detailed-exitcode", ...USERS], "common"],
  "pipeline settings": [["--settings", "--fix"], "common"],
  "pipeline changes": [["--settings", "--branch"], "common"],
  "pipeline lock": [["--settings"], "common"],
  "pipeline comment": [["--settings", "--comment-sha256"], "common"],
  "pipeline outcome": [["--settings"], "common"],
  "pipeline receipt": [["--settings"], "common"],
  "pipeline owner": [["--settings", "--run"], "common"],
  "apply-null-resource": [[], "common"],
};

/** Flags of several commands whose sentences differ, with the one thing that each of them means. */
const ONE_MEANING: Readonly<Record<string, string>> = {
  "--user-id-type": "the type of the ids in a user file",
  "--label": "where the labels of a user file come from",
  "--users": "a file of users",
  "--user": "the operating system's user of a started program",
  "--guard-user": "the operating system's user of the guard",
  "--commit": "the commit of the plan",
  "--protect": "the plan of another stack, whose users stay",
};

async function allCommands(): Promise<ReadonlyMap<string, Command>> {
  const found = new Map<string, Command>();
  for (const [name, { load }] of Object.entries(COMMANDS)) {
    const command = (await load())({}, () => undefined);
    found.set(name, command);
    for (const job of command.commands) found.set(`${name} ${job.name()}`, job);
  }
  return found;
}

const flagOf = (flags: string): string => flags.replace(/ [<[].*/, "");

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (piece) => (text += piece) }).outputHelp();
  return text;
}

function codesOf(command: Command): string {
  const [, codes = ""] = helpOf(command).split("\nExit codes:\n");
  if (/^ {2}that of the command/.test(codes)) return "command's";
  const named = [...codes.matchAll(/^ {2}(\d) /gm)].map(([, code]) => code).join(" ");
  return named === "" || named === "0 1" ? "common" : named;
}

test("the flags and the exit codes of every command are those of the table", async () => {
  const commands = await allCommands();
  const shown = [...commands].map(([name, command]) => [
    name,
    [command.options.map(({ flags }) => flagOf(flags)).sort(), codesOf(command)],
  ]);
  const expected = Object.entries(TABLE).map(([name, [flags, codes]]) => [name, [[...flags].sort(), codes]]);
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(expected));
});

test("a flag means one thing in all commands that have it", async () => {
  const meanings = new Map<string, Set<string>>();
  for (const command of (await allCommands()).values())
    for (const { flags, description } of command.options)
      meanings.set(flagOf(flags), (meanings.get(flagOf(flags)) ?? new Set()).add(description));
  const several = [...meanings].filter(([, its]) => its.size > 1).map(([flag]) => flag);
  expect(several.sort()).toEqual(Object.keys(ONE_MEANING).sort());
});

test("the help begins with what a newcomer needs, and hides what only Terraform and a platform run", async () => {
  expect(Object.keys(COMMANDS).slice(0, 4)).toEqual(["init", "export", "emulator", "install-provider"]);
  expect(Object.keys(COMMANDS).filter((name) => COMMANDS[name]?.isInternal)).toEqual(["apply-null-resource"]);
  const jobs = helpOf((await allCommands()).get("pipeline") as Command);
  for (const hidden of ["comment", "receipt", "outcome", "owner"])
    expect(jobs).not.toMatch(new RegExp(`^  ${hidden}`, "m"));
});
