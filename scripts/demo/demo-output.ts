import { createColors } from "picocolors";
import { excerptOf } from "./excerpt";

/** A failed check of the demo. */
export class CheckFailed extends Error {}

/** Prints what the demo does, why, and whether the result is as expected. Colours only on a terminal. */
export class DemoOutput {
  readonly #colours: ReturnType<typeof createColors>;
  readonly #write: (text: string) => void;
  #steps = 0;

  constructor(out: NodeJS.WritableStream & { readonly isTTY?: boolean }) {
    const colourful = out.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
    this.#colours = createColors(colourful);
    this.#write = (text) => void out.write(`${text}\n`);
  }

  /** Prints the heading of a part. */
  part(title: string, ...paragraphs: readonly string[]): void {
    this.#write(`\n${this.#colours.bold(title)}\n${"=".repeat(title.length)}`);
    for (const paragraph of paragraphs) this.#write(paragraph);
  }

  /** Announces a step: what happens next, and why. */
  step(title: string, reason: string): void {
    this.#steps += 1;
    this.#write(`\n${this.#colours.bold(`${this.#steps}. ${title}`)}`);
    for (const line of reason.split("\n")) this.#write(`   ${line}`);
  }

  /** Prints a command that a reader could type. */
  command(line: string): void {
    this.#write(`   ${this.#colours.cyan(`$ ${line}`)}`);
  }

  /** Prints all output of a program. */
  quote(text: string): void {
    this.#quoteLines(text.trim().split("\n"));
  }

  /** Prints the output of a program, without most of its repetitive lines. */
  excerpt(text: string): void {
    this.#quoteLines(excerptOf(text.trim().split("\n")));
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
    if (!holds) {
      const shown = typeof evidence === "string" ? evidence : JSON.stringify(evidence, undefined, 2);
      throw new CheckFailed(`This should be true and is not: ${statement}\nFound instead:\n${shown}`);
    }
    this.done(statement);
  }

  /** Prints a statement that holds. */
  done(statement: string): void {
    this.#write(`   ${this.#colours.green("✓")} ${statement}`);
  }

  #quoteLines(lines: readonly string[]): void {
    for (const line of lines) this.#write(`   ${this.#colours.dim("│")} ${line}`);
  }

  /** Prints an error. */
  failure(message: string): void {
    this.#write(`\n${this.#colours.red("✗")} ${message}`);
  }
}
