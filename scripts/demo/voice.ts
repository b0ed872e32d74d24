import { createColors } from "picocolors";
import { excerptOf } from "./excerpt";

/** A check of the demo that did not hold. */
export class CheckFailed extends Error {}

/** Tells the reader what happens, why, and whether it went as promised. Colours only on a terminal. */
export class Voice {
  readonly #colours: ReturnType<typeof createColors>;
  readonly #write: (text: string) => void;
  #steps = 0;

  constructor(out: NodeJS.WritableStream & { readonly isTTY?: boolean }) {
    const colourful = out.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
    this.#colours = createColors(colourful);
    this.#write = (text) => void out.write(`${text}\n`);
  }

  /** Opens a part of the demo. */
  part(title: string, ...paragraphs: readonly string[]): void {
    this.#write(`\n${this.#colours.bold(title)}\n${"=".repeat(title.length)}`);
    for (const paragraph of paragraphs) this.#write(paragraph);
  }

  /** Announces a step: what happens next, and why. */
  step(what: string, why: string): void {
    this.#steps += 1;
    this.#write(`\n${this.#colours.bold(`${this.#steps}. ${what}`)}`);
    for (const line of why.split("\n")) this.#write(`   ${line}`);
  }

  /** Shows a command that a reader could type. */
  command(line: string): void {
    this.#write(`   ${this.#colours.cyan(`$ ${line}`)}`);
  }

  /** Shows what a program printed, all of it. */
  output(text: string): void {
    this.#quote(text.trim().split("\n"));
  }

  /** Shows what a program printed, without most of the lines of which the reader has seen what they look like. */
  excerpt(text: string): void {
    this.#quote(excerptOf(text.trim().split("\n")));
  }

  /** Says something in passing. */
  note(text: string): void {
    for (const line of text.split("\n")) this.#write(`   ${line}`);
  }

  /**
   * States what must be true now.
   *
   * @param evidence what is shown where it is not true
   * @throws CheckFailed where it is not
   */
  check(statement: string, holds: boolean, evidence: unknown): void {
    if (!holds) {
      const shown = typeof evidence === "string" ? evidence : JSON.stringify(evidence, undefined, 2);
      throw new CheckFailed(`This should be true and is not: ${statement}\nFound instead:\n${shown}`);
    }
    this.done(statement);
  }

  /** Says what has come about. */
  done(statement: string): void {
    this.#write(`   ${this.#colours.green("✓")} ${statement}`);
  }

  #quote(lines: readonly string[]): void {
    for (const line of lines) this.#write(`   ${this.#colours.dim("│")} ${line}`);
  }

  /** Reports what went wrong. */
  failure(message: string): void {
    this.#write(`\n${this.#colours.red("✗")} ${message}`);
  }
}
