/** A word, string or symbol of HCL's native syntax. */
export interface Token {
  readonly kind: "word" | "string" | "heredoc" | "number" | "symbol" | "newline";
  /** The text in the file. */
  readonly text: string;
  readonly line: number;
  /** Of a string without `${` and `%{`: its value. */
  readonly literal?: string;
  /** Of a string or a heredoc: the code of each template sequence in it. */
  readonly sequences?: readonly (readonly Token[])[];
}

/** The content of a configuration file or of a block, in native syntax or JSON. */
export interface Body {
  /** All names that it declares, attributes and blocks. */
  readonly names: readonly Name[];
  /**
   * All names that it declares at any depth, such as the keys of objects.
   *
   * @throws NotUnderstoodError
   */
  readonly deepNames: readonly Name[];
  /**
   * All of its code that can call a function: that outside strings, and that of each template sequence in a string.
   *
   * @throws NotUnderstoodError
   */
  readonly code: readonly (readonly Token[])[];
  /** @throws NotUnderstoodError */
  attribute(name: string): BodyValue | undefined;
  /**
   * The blocks of a type.
   *
   * @param labels how many labels they have
   * @throws NotUnderstoodError if one has another number of labels
   */
  blocks(type: string, labels: number): readonly Block[];
  /** Of JSON: the parsed text. */
  readonly json?: unknown;
}

export interface Name {
  readonly name: string;
  readonly line: number;
}

export interface Block {
  readonly labels: readonly string[];
  readonly line: number;
  readonly body: Body;
}

/** The value of an attribute. */
export interface BodyValue {
  readonly line: number;
  /** Of a string without templates: its value. */
  readonly literal?: string;
  /** The expression in native syntax; the string in JSON; absent for other values of JSON. */
  readonly text?: string;
  /**
   * Of an object: its content.
   *
   * @throws NotUnderstoodError
   */
  readonly entries?: () => Body;
}

/** A file is written in a way that this module cannot read with certainty. */
export class NotUnderstoodError extends Error {
  /** @param problem follows the name of the file */
  constructor(
    problem: string,
    readonly line: number,
  ) {
    super(problem);
  }
}
