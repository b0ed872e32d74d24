import { Argument, Command } from "commander";
import { EXIT_CODES_HELP } from "./command-line";

/*
 * Written by hand: commander, which knows the words, completes nothing. The libraries that do (omelette, tabtab) start the
 * program at every press of Tab, edit the user's shell configuration, and want the words once more in a form of their own.
 * A script that is printed once, from commander's own commands, needs none of that and cannot fall behind them.
 */

/** The shells that a script can be made for. */
const SHELLS = ["bash", "zsh", "fish"] as const;

type Shell = (typeof SHELLS)[number];

/** `genauth-users completion`: what makes a shell complete the others. */
export function completionCommand(): Command {
  return new Command("completion")
    .description("Print the script by which a shell completes this command.")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText(
      "after",
      `
Examples:
  $ source <(genauth-users completion bash)                                   # in ~/.bashrc
  $ source <(genauth-users completion zsh)                                    # in ~/.zshrc
  $ genauth-users completion fish > ~/.config/fish/completions/genauth-users.fish
${EXIT_CODES_HELP}`,
    )
    .action((shell: Shell, _options: object, command: Command) => {
      const program = command.parent;
      if (program) process.stdout.write(completionScript(shell, vocabularyOf(program)));
    });
}

/** What a shell can complete of one subcommand. */
interface Vocabulary {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
}

/** An option with the values that it takes. */
interface OptionWords {
  /** With its two dashes. */
  readonly flag: string;
  readonly description: string;
  /** `none`: it is a switch; `any`: a file or a text. */
  readonly values: readonly string[] | "none" | "any";
}

/** Reads the words off a program's commands, so that completion cannot fall behind them. */
function vocabularyOf(program: Command): Vocabulary[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: firstSentence(command.description()),
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

/** The script that a shell reads to complete `genauth-users`. */
function completionScript(shell: Shell, commands: readonly Vocabulary[]): string {
  switch (shell) {
    case "bash":
      return bashScript(commands);
    case "zsh":
      // zsh reads bash's scripts by a module of its own.
      return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}`;
    case "fish":
      return fishScript(commands);
  }
}

/** Where there is no word to offer, `-o default` lets the shell complete file names. */
function bashScript(commands: readonly Vocabulary[]): string {
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter(({ values }) => values !== "none")
      .map(
        (option) => `    ${quoted(`${name} ${option.flag}`)}) words=${quoted(valuesOf(option).join(" "))} ;;`,
      ),
  );
  const options = commands.map(
    ({ name, options }) =>
      `    ${quoted(name)}\\ *) words=${quoted([...options.map(({ flag }) => flag), "--help"].join(" "))} ;;`,
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
  const lines = commands.flatMap(({ name, description, options }) => [
    `complete -c genauth-users -n __fish_use_subcommand -f -a ${name} -d ${quoted(description)}`,
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

/** A text as one word, for all three shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
