import { type Block, type Body, type Name, NotUnderstoodError, type BodyValue, type Token } from "./body";
import { codeIn, scanHcl } from "./hcl-tokens";

interface Attribute extends Name {
  readonly tokens: readonly Token[];
}

interface TypedBlock extends Block {
  readonly type: string;
}

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/**
 * Reads a file in HCL's native syntax.
 *
 * @throws NotUnderstoodError
 */
export function parseHcl(text: string): Body {
  const reader = new Reader(scanHcl(text));
  return reader.body(false);
}

class Reader {
  #at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  /** @param isBlock whether it ends with a brace, or else with the file */
  body(isBlock: boolean): Body {
    const attributes: Attribute[] = [];
    const blocks: TypedBlock[] = [];
    const start = this.#at;
    for (;;) {
      while (this.#peek()?.kind === "newline") this.#at += 1;
      const token = this.#next();
      if (isBlock ? token?.text === "}" : token === undefined) break;
      if (token?.kind !== "word") return this.#fail("has no name where an attribute or a block should begin");
      if (this.#peek()?.text !== "=") {
        blocks.push(this.#block(token));
        continue;
      }
      this.#at += 1;
      attributes.push({ name: token.text, line: token.line, tokens: this.#expression() });
    }
    return bodyOf(attributes, blocks, this.tokens.slice(start, this.#at));
  }

  #block({ text: type, line }: Token): TypedBlock {
    const labels: string[] = [];
    for (;;) {
      const token = this.#next();
      if (token?.text === "{") break;
      const label = token?.kind === "word" ? token.text : token?.literal;
      if (label === undefined) return this.#fail("contains a block whose label is not a literal string");
      labels.push(label);
    }
    const body = this.body(true);
    const after = this.#next();
    if (after !== undefined && after.kind !== "newline")
      return this.#fail("contains a block without a line break after it");
    return { type, labels, line, body };
  }

  /** The tokens up to the end of the line or of the block. Inside brackets, a line break does not end it. */
  #expression(): Token[] {
    const tokens: Token[] = [];
    const open: string[] = [];
    for (let token = this.#peek(); token !== undefined; token = this.#peek()) {
      if (open.length === 0 && (token.kind === "newline" || token.text === "}")) break;
      if (open.length === 0 && token.text === "=") return this.#fail("contains two equals signs on one line");
      const closing = token.kind === "symbol" ? CLOSING[token.text] : undefined;
      if (closing !== undefined) open.push(closing);
      else if (/^[)\]}]$/.test(token.text) && open.pop() !== token.text)
        return this.#fail("contains brackets that do not match");
      tokens.push(token);
      this.#at += 1;
    }
    if (tokens.length === 0 || open.length > 0) return this.#fail("contains an incomplete expression");
    return tokens;
  }

  #peek(): Token | undefined {
    return this.tokens[this.#at];
  }

  #next(): Token | undefined {
    this.#at += 1;
    return this.tokens[this.#at - 1];
  }

  #fail(problem: string): never {
    const near = this.tokens[Math.min(this.#at, this.tokens.length) - 1];
    throw new NotUnderstoodError(problem, near?.line ?? 1);
  }
}

function bodyOf(
  attributes: readonly Attribute[],
  blocks: readonly TypedBlock[],
  tokens: readonly Token[],
): Body {
  const blockNames = blocks.map(({ type, line }) => ({ name: type, line }));
  for (const [index, { name, line }] of attributes.entries()) {
    const isRepeated = attributes.findIndex((other) => other.name === name) < index;
    if (isRepeated || blockNames.some((block) => block.name === name))
      throw new NotUnderstoodError(`declares ${name} twice`, line);
  }
  return {
    names: [...attributes, ...blockNames],
    deepNames: tokens.flatMap(({ text, literal, line }, index) =>
      /^[=:{]$/.test(tokens[index + 1]?.text ?? "") ? [{ name: literal ?? text, line }] : [],
    ),
    get code() {
      return codeIn(tokens);
    },
    attribute: (name) => {
      const found = attributes.find((attribute) => attribute.name === name);
      return found && valueOf(found);
    },
    blocks: (type, labels) =>
      blocks
        .filter((block) => block.type === type)
        .map((block) => {
          if (block.labels.length === labels) return block;
          throw new NotUnderstoodError(
            `contains a block ${type} with ${block.labels.length} labels instead of ${labels}`,
            block.line,
          );
        }),
  };
}

function valueOf({ tokens, line }: Attribute): BodyValue {
  const [first, ...others] = tokens;
  const text = tokens.map((token) => token.text).join("");
  if (others.length === 0 && first?.literal !== undefined) return { line, text, literal: first.literal };
  // Evaluated on demand, because an object of another purpose may have any keys.
  const isObject = first?.text === "{" && first.kind === "symbol";
  return isObject ? { line, text, entries: () => entriesOf(tokens) } : { line, text };
}

/** The entries of an object whose keys are literals. */
function entriesOf(tokens: readonly Token[]): Body {
  const attributes: Attribute[] = [];
  const inner = tokens.slice(1, -1);
  let at = 0;
  while (at < inner.length) {
    if (inner[at]?.kind === "newline" || inner[at]?.text === ",") {
      at += 1;
      continue;
    }
    const key = inner[at];
    const name = key?.kind === "word" ? key.text : key?.literal;
    if (key === undefined || name === undefined || !/^[=:]$/.test(inner[at + 1]?.text ?? ""))
      throw new NotUnderstoodError("contains an object whose keys are not literals", key?.line ?? 1);
    const start = (at += 2);
    for (let depth = 0; at < inner.length; at += 1) {
      const { kind, text } = inner[at] ?? {};
      if (depth === 0 && (kind === "newline" || text === ",")) break;
      if (kind === "symbol" && /^[([{]$/.test(text ?? "")) depth += 1;
      if (kind === "symbol" && /^[)\]}]$/.test(text ?? "")) depth -= 1;
    }
    attributes.push({ name, line: key.line, tokens: inner.slice(start, at) });
  }
  return bodyOf(attributes, [], inner);
}
