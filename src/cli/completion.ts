import { Argument, Command } from "commander";
import { EXIT_CODES_HELP } from "./command-line";

/*
 * Written by hand, because commander has no completion. The libraries for it (omelette, tabtab) start the program at every
 * press of Tab, edit the user's shell configuration, and need all words declared again. A script generated from commander's own
 * commands avoids this and stays up to date.
 */

/** The supported shells. */
const SHELLS = ["bash", "zsh", "fish"] as const;

type Shell = (typeof SHELLS)[number];

/** `genauth-users completion`: prints a shell's completion script. */
export function completionCommand(): Command {
  return new Command("completion")
    .description("Print a script that makes a shell complete this command.")
    .addArgument(new Argument("[shell]", "the shell").choices(SHELLS))
    .addHelpText(
      "after",
      `
Examples:
  $ source <(genauth-users completion bash)    # in ~/.bashrc
  $ source <(genauth-users completion zsh)     # in ~/.zshrc
  $ genauth-users completion fish |
      tee ~/.config/fish/completions/genauth-users.fish
${EXIT_CODES_HELP}`,
    )
    .action((shell: Shell | undefined, _options: object, command: Command) => {
      if (shell === undefined) command.error(`error: name the shell: ${SHELLS.join(", ")}`);
      const program = command.parent;
      if (program) process.stdout.write(completionScript(shell, vocabularyOf(program)));
    });
}

/** The words of one subcommand that a shell can complete. */
interface Vocabulary {
  readonly name: string;
  readonly description: string;
  /** The values of its arguments. */
  readonly values: readonly string[];
  readonly options: readonly OptionWords[];
}

/** An option and its values. */
interface OptionWords {
  /** Begins with two dashes. */
  readonly flag: string;
  readonly description: string;
  /** `none`: a switch; `any`: a file or a text. */
  readonly values: readonly string[] | "none" | "any";
}

/** Collects the words from a program's commands, so that completion stays up to date. */
function vocabularyOf(program: Command): Vocabulary[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: firstSentence(command.description()),
    values: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    options: command.options.flatMap(({ long, description, argChoices, required, optional }) =>
      long
        ? [{ flag: long, description, values: argChoices ?? (required || optional ? "any" : "none") }]
        : [],
    ),
  }));
}

function firstSentence(text: string): string {
  return /^.*?[.:](?=\s|$)/s.exec(text)?.[0].slice(0, -1) ?? text;
}

function completionScript(shell: Shell, commands: readonly Vocabulary[]): string {
  switch (shell) {
    case "bash":
      return bashScript(commands);
    case "zsh":
      // zsh can run bash's completion scripts through its bashcompinit module.
      return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}`;
    case "fish":
      return fishScript(commands);
  }
}

/** With `-o default`, the shell completes file names if there is no matching word. */
function bashScript(commands: readonly Vocabulary[]): string {
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter(({ values }) => values !== "none")
      .map(
        (option) => `    ${quoted(`${name} ${option.flag}`)}) words=${quoted(valuesOf(option).join(" "))} ;;`,
      ),
  );
  const options = commands.map(
    ({ name, values, options }) =>
      `    ${quoted(name)}\\ *) words=${quoted([...values, ...options.map(({ flag }) => flag), "--help"].join(" "))} ;;`,
  );
  return `_genauth_users() {
  local words=${quoted([...commands.map(({ name }) => name), "--help", "--version"].join(" "))}
  if ((COMP_CWORD > 1)); then words=; fi
  case "\${COMP_WORDS[1]} \${COMP_WORDS[COMP_CWORD - 1]}" in
${values.join("\n")}
${options.join("\n")}
  esac
  COMPREPLY=()
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _genauth_users genauth-users
`;
}

function fishScript(commands: readonly Vocabulary[]): string {
  const lines = commands.flatMap(({ name, description, values, options }) => [
    `complete -c genauth-users -n __fish_use_subcommand -f -a ${name} -d ${quoted(description)}`,
    ...(values.length === 0
      ? []
      : [
          `complete -c genauth-users -n ${quoted(`__fish_seen_subcommand_from ${name}`)} -f -a ${quoted(values.join(" "))}`,
        ]),
    ...options.map((option) => {
      const given =
        option.values === "none"
          ? ""
          : option.values === "any"
            ? " -r"
            : ` -x -a ${quoted(valuesOf(option).join(" "))}`;
      const seen = `-n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
      return `complete -c genauth-users ${seen} -l ${option.flag.slice(2)}${given} -d ${quoted(option.description)}`;
    }),
  ]);
  return `${lines.join("\n")}\n`;
}

function valuesOf({ values }: OptionWords): readonly string[] {
  return typeof values === "string" ? [] : values;
}

/** Quotes a text as one word, for all three shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
