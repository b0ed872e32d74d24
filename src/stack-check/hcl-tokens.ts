import { NotUnderstoodError, type Token } from "./body";

const WORD = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SYMBOL = /\.\.\.|=>|==|!=|<=|>=|&&|\|\||::|[-+*/%<>!?:.,=()[\]{}]/y;
const HEREDOC = /<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)\r?\n/uy;
const ESCAPE = /\\(?:[nrt"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/y;

/**
 * Splits HCL's native syntax into tokens, as HashiCorp's scanner does, but more strictly: whatever could be read in two ways is
 * refused. Its own scanner is available to Node.js as WebAssembly (`hcl2json`). That would more than double this package, is
 * not maintained by HashiCorp any more, and reports no lines. A test compares the two on random files.
 *
 * @throws NotUnderstoodError
 */
export function scanHcl(text: string): Token[] {
  // HCL allows a byte order mark at the start of a file only.
  const scanner = new Scanner(text.replace(/^\uFEFF/, ""));
  return scanner.scan();
}

/**
 * The code of each sequence in the text of a template, such as a string of JSON or a file for `templatefile`.
 *
 * @throws NotUnderstoodError
 */
export function scanTemplate(text: string): readonly (readonly Token[])[] {
  return new Scanner(text).template();
}

/** Code, and the code of all sequences in its strings. */
export function codeIn(tokens: readonly Token[]): (readonly Token[])[] {
  return [tokens, ...tokens.flatMap(({ sequences = [] }) => sequences.flatMap(codeIn))];
}

class Scanner {
  #at = 0;
  #line = 1;
  /** The sequences of the template that is being read. */
  #sequences: (readonly Token[])[] = [];

  constructor(private readonly text: string) {}

  scan(): Token[] {
    this.#refuseOddCharacters();
    return this.#code(false);
  }

  template(): readonly (readonly Token[])[] {
    this.#refuseOddCharacters();
    while (this.#at < this.text.length) if (this.#sequence() === undefined) this.#advance(this.#at + 1);
    return this.#sequences;
  }

  #refuseOddCharacters(): void {
    // Editors and `git diff` do not show what such characters hide.
    const odd = /\r(?!\n)|(?![\t\r\n])\p{Cc}|[\uFEFF\uFFFD]/u.exec(this.text);
    if (odd) {
      this.#advance(odd.index);
      this.#fail("contains a control character, a bare carriage return, or bytes that are not UTF-8");
    }
  }

  /** Code up to the end of the file, or up to the brace that closes a template sequence. */
  #code(isInTemplate: boolean): Token[] {
    const tokens: Token[] = [];
    for (let depth = 0; this.#at < this.text.length;) {
      if (this.#skipBlank()) continue;
      if (isInTemplate && depth === 0 && this.#takeClosing()) return tokens;
      const token = this.#token();
      if (token.text === "{") depth += 1;
      if (token.text === "}") depth -= 1;
      tokens.push(token);
    }
    if (isInTemplate) this.#fail("ends inside a template");
    return tokens;
  }

  #takeClosing(): boolean {
    const [closing] = this.#match(/~?\}/y) ?? [];
    if (closing !== undefined) this.#advance(this.#at + closing.length);
    return closing !== undefined;
  }

  /** Skips white space and comments. The line break after a comment counts. */
  #skipBlank(): boolean {
    const [blank] = this.#match(/[ \t]+|(?:#|\/\/)[^\n]*/y) ?? [];
    if (blank !== undefined) {
      this.#advance(this.#at + blank.length);
      return true;
    }
    if (!this.text.startsWith("/*", this.#at)) return false;
    const end = this.text.indexOf("*/", this.#at + 2);
    if (end < 0) this.#fail("ends inside a comment");
    this.#advance(end + 2);
    return true;
  }

  #token(): Token {
    const start = this.#at;
    const line = this.#line;
    const [newline] = this.#match(/\r?\n/y) ?? [];
    if (newline !== undefined) {
      this.#advance(start + newline.length);
      return { kind: "newline", text: newline, line };
    }
    if (this.text[start] === '"') {
      const { result: literal, sequences } = this.#withSequences(() => this.#string());
      const text = this.text.slice(start, this.#at);
      return { kind: "string", text, line, sequences, ...(literal !== undefined && { literal }) };
    }
    if (this.text.startsWith("<<", start)) {
      const { sequences } = this.#withSequences(() => this.#heredoc());
      return { kind: "heredoc", text: this.text.slice(start, this.#at), line, sequences };
    }
    for (const [kind, pattern] of [
      ["word", WORD],
      ["number", NUMBER],
      ["symbol", SYMBOL],
    ] as const) {
      const [text] = this.#match(pattern) ?? [];
      if (text === undefined) continue;
      this.#advance(start + text.length);
      return { kind, text, line };
    }
    return this.#fail("contains a character that is not part of HCL");
  }

  #withSequences<T>(read: () => T): {
    readonly result: T;
    readonly sequences: readonly (readonly Token[])[];
  } {
    const outer = this.#sequences;
    const sequences: (readonly Token[])[] = [];
    this.#sequences = sequences;
    const result = read();
    this.#sequences = outer;
    return { result, sequences };
  }

  /** @returns the value, if it contains no template */
  #string(): string | undefined {
    let literal: string | undefined = "";
    this.#advance(this.#at + 1);
    while (this.#at < this.text.length) {
      const character = String.fromCodePoint(this.text.codePointAt(this.#at) ?? 0);
      if (character === '"') {
        this.#advance(this.#at + 1);
        return literal;
      }
      if (character === "\n" || character === "\r")
        return this.#fail("contains a string that does not end on its line");
      const sequence = this.#sequence();
      if (sequence !== undefined) {
        literal = sequence === "template" || literal === undefined ? undefined : literal + sequence;
        continue;
      }
      const [escape] = character === "\\" ? (this.#match(ESCAPE) ?? []) : [character];
      if (escape === undefined) this.#fail("contains an escape sequence that HCL does not have");
      this.#advance(this.#at + escape.length);
      if (literal !== undefined) literal += unescape(escape);
    }
    return this.#fail("ends inside a string");
  }

  /**
   * Reads what begins with a dollar or percent sign.
   *
   * @returns `template` for a template sequence, the text for an escaped one, undefined for an ordinary character
   */
  #sequence(): string | undefined {
    const [found] = this.#match(/([$%])\1*\{/y) ?? [];
    if (found === undefined) return undefined;
    // HCL reads `$${` as `${`. What it makes of more signs depends on its version.
    if (found.length > 3) this.#fail("contains more than two dollar or percent signs before a brace");
    this.#advance(this.#at + found.length);
    if (found.length === 3) return found.slice(1);
    if (this.text[this.#at] === "~") this.#advance(this.#at + 1);
    this.#sequences.push(this.#code(true));
    return "template";
  }

  /** Reads up to the line break after the end marker, which counts. */
  #heredoc(): void {
    const [opening, marker] = this.#match(HEREDOC) ?? [];
    if (opening === undefined) return this.#fail("contains << without a heredoc's marker and line break");
    this.#advance(this.#at + opening.length);
    for (let isLineStart = true; this.#at < this.text.length;) {
      if (isLineStart) {
        const end = this.text.indexOf("\n", this.#at);
        const line = this.text.slice(this.#at, end < 0 ? undefined : end);
        if (/^[ \t]*([^ \t\r]+)[ \t]*\r?$/.exec(line)?.[1] === marker && end >= 0) {
          this.#advance(line.endsWith("\r") ? end - 1 : end);
          return;
        }
        // HCL trims all white space of Unicode, which JavaScript defines differently.
        if (line.replaceAll(/[\s\u0085\u180E\u200B]/g, "") === marker)
          this.#fail("contains a heredoc whose end marker is not alone between spaces and line breaks");
      }
      isLineStart = this.text[this.#at] === "\n";
      if (this.#sequence() === undefined) this.#advance(this.#at + 1);
    }
    this.#fail("ends inside a heredoc");
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.text);
  }

  #advance(end: number): void {
    for (; this.#at < end; this.#at += 1) if (this.text[this.#at] === "\n") this.#line += 1;
  }

  #fail(problem: string): never {
    throw new NotUnderstoodError(problem, this.#line);
  }
}

const SIMPLE: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function unescape(text: string): string {
  const [backslash, kind = "", ...digits] = text;
  if (backslash !== "\\") return text;
  if (digits.length === 0) return SIMPLE[kind] ?? kind;
  const code = Number.parseInt(digits.join(""), 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\uFFFD";
}
