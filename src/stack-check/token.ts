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
