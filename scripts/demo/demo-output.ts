import { createColors } from "picocolors";
import { essenceOf, excerptOf } from "./excerpt";

/** A failed check of the demo. */
export class CheckFailed extends Error {}

/**
 * Prints what the demo does, why, and whether the result is as expected: briefly, or everything. Colours only on a terminal.
 * Both forms check the same.
 */
export class DemoOutput {
  readonly #colours: ReturnType<typeof createColors>;
  readonly #verbose: boolean;
  readonly #write: (text: string) => void;
  #steps = 0;

  constructor(
    out: NodeJS.WritableStream & { readonly isTTY?: boolean },
    { verbose }: { readonly verbose: boolean },
  ) {
    const colourful = out.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
    this.#colours = createColors(colourful);
    this.#verbose = verbose;
    this.#write = (text) => void out.write(`${text}\n`);
  }

  /** Prints the heading of a part. */
  part(title: string, ...paragraphs: readonly string[]): void {
    this.#write(`\n${this.#colours.bold(title)}\n${"=".repeat(title.length)}`);
    for (const paragraph of paragraphs) this.#write(paragraph);
  }

  /** Announces a step: what happens next, and why, which the brief form leaves out. */
  step(title: string, reason: string): void {
    this.#steps += 1;
    this.#write(`\n${this.#colours.bold(`${this.#steps}. ${title}`)}`);
    if (this.#verbose) this.note(reason);
  }

  /** Prints a command that a reader could type. */
  command(line: string): void {
    this.#write(`   ${this.#colours.cyan(`$ ${line}`)}`);
  }

  /** Prints all output of a program; the brief form prints what a reader looks for in it. */
  quote(text: string): void {
    this.#quoteLines(text, (lines) => lines);
  }

  /** Like `quote`, without most of the repetitive lines. */
  excerpt(text: string): void {
    this.#quoteLines(text, excerptOf);
  }

  /** Prints a table of the demo's own. */
  table(text: string): void {
    this.#quoted(text.split("\n"));
  }

  /** Prints a remark. */
  note(text: string): void {
    for (const line of text.split("\n")) this.#write(`   ${line}`);
  }

  /**
   * Checks and prints a statement.
   *
   * @param evidence shown if it does not hold
   * @throws CheckFailed if it does not hold
   */
  check(statement: string, holds: boolean, evidence: unknown): void {
    this.#require(statement, holds, evidence);
    this.done(statement);
  }

  /** Like `check`, for a statement that the brief form need not print. */
  checkDetail(statement: string, holds: boolean, evidence: unknown): void {
    this.#require(statement, holds, evidence);
    if (this.#verbose) this.done(statement);
  }

  /** Prints a statement that holds. */
  done(statement: string): void {
    this.#write(`   ${this.#colours.green("✓")} ${statement}`);
  }

  /** Prints an error. */
  failure(message: string): void {
    this.#write(`\n${this.#colours.red("✗")} ${message}`);
  }

  #require(statement: string, holds: boolean, evidence: unknown): void {
    if (holds) return;
    const shown = typeof evidence === "string" ? evidence : JSON.stringify(evidence, undefined, 2);
    throw new CheckFailed(`This should be true and is not: ${statement}\nFound instead:\n${shown}`);
  }

  #quoteLines(text: string, verboseForm: (lines: readonly string[]) => readonly string[]): void {
    const lines = text.trim().split("\n");
    this.#quoted(this.#verbose ? verboseForm(lines) : essenceOf(lines));
  }

  #quoted(lines: readonly string[]): void {
    for (const line of lines) this.#write(`   ${this.#colours.dim("│")} ${line}`);
  }
}
