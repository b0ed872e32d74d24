import { execFileSync } from "node:child_process";
import type { Command, Option } from "commander";
import { COMMANDS } from "../../src/cli/commands";
import { PROGRAM_EXIT_CODES } from "../../src/cli/command-line";

/** The page of the commands, relative to the root. No generator for commander writes one page for all commands. */
export const COMMANDS_PAGE = "docs/guides/commands.md";

/** In the order in which a team uses them, with the page that says more. */
const GUIDES: Readonly<Record<string, string | undefined>> = {
  init: "cdktf.md",
  "install-provider": "install-provider.md",
  emulator: "testing.md",
  doctor: "existing-pool.md#1-check-the-service",
  export: "existing-pool.md#2-export-the-pool",
  "plan-report": "reports.md#the-report-of-a-plan",
  guard: "guard.md",
  pipeline: undefined,
  drift: "reports.md#the-report-of-drift",
  show: "troubleshooting.md#who-is-this-person",
  restore: "failed-apply.md#getting-accounts-back",
};

/** Options whose name and values say what they mean. */
const PLAIN: ReadonlySet<string> = new Set([
  "--cdk",
  "--commit",
  "--format",
  "--language",
  "--max-plan-age",
  "--port",
  "--reason",
  "--run-url",
  "--sealed-plans-sha256",
  "--settings",
  "--stack",
  "--stacks-sha256",
  "--ticket",
  "--user-id-type",
]);

/** An option as the page shows it. */
interface ShownOption {
  /** Such as `--dir`. */
  readonly flag: string;
  /** With its values, or a name for them. */
  readonly usage: string;
  /** How its text begins, and whether it is required or repeatable. */
  readonly meaning: string;
}

/**
 * Renders the page of the commands.
 *
 * @param root the project's folder
 * @throws Error if a command has no place on the page
 */
export async function renderCommands(root: string): Promise<string> {
  const left = Object.keys(COMMANDS).filter(
    (name) => COMMANDS[name]?.isInternal !== true && !Object.hasOwn(GUIDES, name),
  );
  if (left.length > 0) throw new Error(`scripts/reference/commands.ts has no place for ${left.join(", ")}.`);
  const explained = new Set<string>();
  const sections: string[] = [];
  for (const [name, guide] of Object.entries(GUIDES)) {
    const make = await COMMANDS[name]?.load();
    if (make === undefined) throw new Error(`There is no command ${name}.`);
    const command = make({}, () => undefined);
    // Those of a pipeline that people run, or write into a pipeline of their own.
    const shown = command.createHelp().visibleCommands(command);
    const jobs = shown.filter((job) => job.name() !== "help");
    sections.push(
      sectionOf(command, guide, explained),
      ...jobs.map((job) => sectionOf(job, undefined, explained)),
    );
  }
  return formatted(root, pageOf(sections));
}

/** @param explained the options that an earlier section explains in the same words, which are only named; gets those of this one */
function sectionOf(command: Command, guide: string | undefined, explained: Set<string>): string {
  const options = command.createHelp().visibleOptions(command).filter(isOwn).map(shownOption);
  const keyOf = ({ usage, meaning }: ShownOption) => usage + meaning;
  const shown = options.filter((option) => !explained.has(keyOf(option)));
  const again = options.filter((option) => explained.has(keyOf(option)));
  for (const option of options) explained.add(keyOf(option));
  const width = Math.max(...shown.map(({ usage }) => usage.length));
  const lines = shown.map(({ usage, meaning }) => `${usage.padEnd(width)}  ${meaning}`.trimEnd());
  const parts = [
    `## \`${synopsisOf(command)}\``,
    command.description() + (guide === undefined ? "" : ` [Guide](${guide})`),
    lines.length > 0 ? `\`\`\`\n${lines.join("\n")}\n\`\`\`` : "",
    again.length > 0 ? `As above: ${again.map(({ flag }) => `\`${flag}\``).join(", ")}.` : "",
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function isOwn({ long }: Option): boolean {
  return long !== "--help";
}

function shownOption({ flags, argChoices, description, mandatory }: Option): ShownOption {
  const [flag = "", value = ""] = flags.split(/(?= [<[])/);
  const [meaning = "", ...rest] = description.split(/ \(default: |[;:] /);
  const marks = rest.filter((mark) => mark === "required" || mark === "repeatable");
  if (mandatory && !marks.includes("required")) marks.unshift("required");
  const choices = choicesIn(argChoices);
  return {
    flag,
    usage: flag + (choices === undefined ? value : ` <${choices}>`),
    meaning: [...(PLAIN.has(flag) ? [] : [meaning]), ...marks].join("; "),
  };
}

/** Such as `init [folder]`; an argument of few values shows these. */
function synopsisOf(command: Command): string {
  const args = command.registeredArguments.map((argument) => {
    const name = choicesIn(argument.argChoices) ?? argument.name() + (argument.variadic ? "..." : "");
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const above = command.parent === null ? [] : [command.parent.name()];
  return [...above, command.name(), ...args].join(" ");
}

/** The values as `a|b`; `undefined` if there are none, or too many for a line. */
function choicesIn(choices: readonly string[] | undefined): string | undefined {
  const values = choices?.join("|") ?? "";
  return values !== "" && values.length < 40 ? values : undefined;
}

function pageOf(sections: readonly string[]): string {
  const exitCodes = PROGRAM_EXIT_CODES.replaceAll(/\n {5}/g, " ").replaceAll(/^ {2}/gm, "- ");
  return `---
page_title: "Commands"
description: |-
  The commands and options of cdktf-genauth.
---

<!-- Generated by scripts/reference/commands.ts. Do not edit. -->

# Commands

The package has one command, \`cdktf-genauth\`. \`npx cdktf-genauth\` runs it, with or without a project.
\`--help\` after a command says more about each option.

Commands that reach GenAuth read \`GENAUTH_…\` variables, as [the provider](../index.md#schema) does.

These are the exit codes. \`emulator\` and \`guard\` end with the exit code of the command that they ran:

${exitCodes}

${sections.join("\n\n")}
`;
}

function formatted(root: string, page: string): string {
  const formatter = ["node_modules/oxfmt/bin/oxfmt", "--stdin-filepath", COMMANDS_PAGE];
  return execFileSync(process.execPath, formatter, { cwd: root, input: page, encoding: "utf8" });
}
