import type { Command } from "commander";

/** What a shell can complete of one subcommand. */
export interface Vocabulary {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
}

/** An option with the values that it takes. */
export interface OptionWords {
  /** With its two dashes. */
  readonly flag: string;
  readonly description: string;
  /** `none`: it is a switch; `any`: a file or a text. */
  readonly values: readonly string[] | "none" | "any";
}

/** Reads the words off a program's commands, so that completion cannot fall behind them. */
export function vocabularyOf(program: Command): Vocabulary[] {
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
