import type { OptionWords, Vocabulary } from "./vocabulary";

/** The shells that a script can be made for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

/** The script that a shell reads to complete `genauth-users`. */
export function completionScript(shell: Shell, commands: readonly Vocabulary[]): string {
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
