import "./check-platform.mjs";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** docs/guides/commands.md, from `--help`: what each command and option is for. `npm run generate` writes it, from the built command. */
const root = new URL("..", import.meta.url);

/** In the order in which a team uses them, with the page that says more. */
const COMMANDS = {
  init: "cdktf.md",
  "install-provider": "provider-lock.md",
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

/** Terraform runs it, and nobody else. */
const INTERNAL = ["apply-null-resource"];

/** The names in a list of commands. */
const commandsOf = (text) =>
  [...text.matchAll(/^ {2}([a-z][\w-]*) [[<]/gm)].map(([, name]) => name).filter((name) => name !== "help");

/** The values that a text lists, as `a|b`; empty if it lists none, or too many. */
const choicesOf = (text) => {
  const [, list = ""] = /\(choices:\s+((?:"[\w-]+",?\s*)+)/.exec(text) ?? [];
  const values = list.replaceAll(/"|\s/g, "").replace(/,$/, "").replaceAll(",", "|");
  return values.length < 40 ? values : "";
};

/** Options whose name and values say what they mean. */
const PLAIN = [
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
];

/**
 * The options in a help, with their values or a name for them, and what each means in short: how the text begins, and whether the
 * option is required or repeatable.
 */
const optionsOf = (text) =>
  [...text.matchAll(/^ {2}((?:-\w, )?--[\w-]+)( <[^>]+>)? +((?:.+)(?:\n {4,}.+)*)/gm)]
    .filter(([, flag]) => flag !== "-h, --help")
    .map(([, flag, value = "", lines]) => {
      const choices = choicesOf(lines);
      const all = lines.replaceAll(/\s+/g, " ").replaceAll(/ \((?:choices|default): .*?\)(?= \(|$)/g, "");
      const [meaning, ...rest] = all.split(/[;:] /);
      const marks = rest.filter((each) => /^(?:required|repeatable)$/.test(each));
      return {
        flag,
        usage: flag + (choices ? ` <${choices}>` : value),
        meaning: [...(PLAIN.includes(flag) ? [] : [meaning]), ...marks].join("; "),
      };
    });

/** @param explained the options that an earlier section explains in the same words, which are only named, and then those of this one */
const section = (name, text, explained) => {
  const [, usage, purpose] = /^Usage: cdktf-genauth (.+)\n\n((?:.+\n)+)/.exec(text);
  const [, values] = /^Arguments:\n(.+(?:\n {4,}.+)*)/m.exec(text) ?? [];
  const synopsis = usage
    .replaceAll(/ \[(?:options|command)\]/g, "")
    .replace(/<\w+>/, (argument) => (choicesOf(values) ? `<${choicesOf(values)}>` : argument));
  const isNew = (option) => !explained.has(option.usage + option.meaning);
  const options = optionsOf(text);
  const shown = options.filter(isNew);
  const again = options.filter((option) => !isNew(option)).map(({ flag }) => `\`${flag}\``);
  for (const option of options) explained.add(option.usage + option.meaning);
  const width = Math.max(...shown.map((option) => option.usage.length));
  const lines = shown.map((option) => `${option.usage.padEnd(width)}  ${option.meaning}`.trimEnd());
  const page = COMMANDS[name];
  return [
    `## \`${synopsis}\``,
    purpose.replaceAll("\n", " ").trim() + (page ? ` [Guide](${page})` : ""),
    ...(lines.length > 0 ? [`\`\`\`\n${lines.join("\n")}\n\`\`\``] : []),
    ...(again.length > 0 ? [`As above: ${again.join(", ")}.`] : []),
  ].join("\n\n");
};

/**
 * The page.
 *
 * @param {(...command: string[]) => Promise<string>} help what `--help` after a command prints
 */
export async function commandReference(help) {
  const overview = await help();
  const left = commandsOf(overview).filter(
    (name) => !INTERNAL.includes(name) && !Object.hasOwn(COMMANDS, name),
  );
  if (left.length > 0) throw new Error(`scripts/command-reference.mjs lists no ${left.join(", ")}.`);
  // Those of a pipeline that people run, or write into a pipeline of their own.
  const jobs = commandsOf(await help("pipeline")).map((name) => `pipeline ${name}`);
  const names = Object.keys(COMMANDS).flatMap((name) => (name === "pipeline" ? [name, ...jobs] : [name]));
  const explained = new Set();
  const sections = [];
  for (const name of names) sections.push(section(name, await help(...name.split(" ")), explained));
  const exitCodes = /Exit codes:\n((?: {2}.+\n)+)/
    .exec(overview)[1]
    .replaceAll(/\n {5}/g, " ")
    .replaceAll(/^ {2}/gm, "- ");
  const page = `---
page_title: "Commands"
description: |-
  The commands and options of cdktf-genauth.
---

<!-- Generated by scripts/command-reference.mjs. Do not edit. -->

# Commands

The package has one command, \`cdktf-genauth\`. \`npx cdktf-genauth\` runs it, with or without a project.
\`--help\` after a command says more about each option.

Commands that reach GenAuth read \`GENAUTH_…\` variables, as [the provider](../index.md#schema) does.

Exit codes; \`emulator\` and \`guard\` end with that of the command that they ran:

${exitCodes}
${sections.join("\n\n")}
`;
  const formatter = ["node_modules/oxfmt/bin/oxfmt", "--stdin-filepath", "docs/guides/commands.md"];
  const style = { cwd: fileURLToPath(root), input: page, encoding: "utf8" };
  return execFileSync(process.execPath, formatter, style);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const program = fileURLToPath(new URL("dist/cdktf-genauth.js", root));
  const help = async (...command) =>
    execFileSync(process.execPath, [program, ...command, "--help"], { encoding: "utf8" });
  void commandReference(help).then((page) => writeFileSync(new URL("docs/guides/commands.md", root), page));
}
