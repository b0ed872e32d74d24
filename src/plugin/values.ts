import { UNKNOWN, type Type } from "./definition";
import { ValueError, type PathStep } from "./diagnostic";
import type { MsgpackWriter } from "./msgpack-writer";

/**
 * Decodes the values of a parsed document by their type. Lists and sets become arrays, maps become `Map`s, objects
 * plain objects with exactly the attributes of their type: a missing one is null, an additional one is dropped.
 *
 * @param root its maps and objects are `Map`s, as the MessagePack reader makes them, or plain objects. `Map`s are
 *   changed in place where that saves a copy, because a set of users may have 100,000 entries.
 * @throws ValueError if a value does not fit
 */
export function decodeValue(root: unknown, type: Type): unknown {
  return new Decoder().decode(root, type);
}

/** The extension type of an unknown value. */
export const UNKNOWN_EXTENSION = 0;

/**
 * Writes a value by its type. Keys of maps and attributes of objects are in the order of their code units, so that
 * equal values give equal bytes.
 *
 * @throws ValueError if the value does not fit its type
 */
export function encodeValue(value: unknown, type: Type, writer: MsgpackWriter): void {
  new Encoder(writer).encode(value, type);
}

class Decoder {
  readonly #path: PathStep[] = [];

  decode(raw: unknown, type: Type): unknown {
    if (raw === null || raw === undefined) return null;
    if (raw === UNKNOWN) return UNKNOWN;
    if (type === "string" && typeof raw === "string") return raw;
    if (type === "bool" && typeof raw === "boolean") return raw;
    if (type === "number") return this.#number(raw);
    if (typeof type === "object" && typeof raw === "object") {
      if ("list" in type && Array.isArray(raw)) return this.#list(raw, type.list);
      if ("set" in type && Array.isArray(raw)) return raw.map((element) => this.decode(element, type.set));
      if ("map" in type && !Array.isArray(raw)) return this.#map(mapOf(raw), type.map);
      if ("object" in type && !Array.isArray(raw)) return this.#object(mapOf(raw), type.object);
    }
    return this.#mismatch(raw, type);
  }

  #number(raw: unknown): number {
    if (typeof raw !== "number" && typeof raw !== "bigint" && typeof raw !== "string") {
      return this.#mismatch(raw, "number");
    }
    const number = exactNumber(raw);
    if (number !== undefined) return number;
    throw new ValueError(
      "the number has more digits than this provider can keep: whole numbers up to 9007199254740991 and fractions of " +
        "about 15 digits are exact",
      this.#path,
    );
  }

  #list(raw: readonly unknown[], element: Type): unknown[] {
    return raw.map((value, index) => this.#at({ index }, value, element));
  }

  #map(map: Map<unknown, unknown>, element: Type): Map<unknown, unknown> {
    for (const [key, raw] of map) {
      if (element === "string" && typeof raw === "string") continue;
      map.set(key, this.#at({ key: String(key) }, raw, element));
    }
    return map;
  }

  #object(raw: ReadonlyMap<unknown, unknown>, attributes: Readonly<Record<string, Type>>): object {
    return Object.fromEntries(
      Object.entries(attributes).map(([attribute, type]) => [
        attribute,
        this.#at({ attribute }, raw.get(attribute), type),
      ]),
    );
  }

  #at(step: PathStep, raw: unknown, type: Type): unknown {
    this.#path.push(step);
    const value = this.decode(raw, type);
    this.#path.pop();
    return value;
  }

  #mismatch(raw: unknown, type: Type): never {
    throw new ValueError(`expected ${nameOfType(type)}, got ${nameOfKind(raw)}`, this.#path);
  }
}

function mapOf(raw: object): Map<unknown, unknown> {
  if (raw instanceof Map) return raw;
  const fields = raw as Readonly<Record<string, unknown>>;
  const map = new Map<unknown, unknown>();
  for (const key of Object.keys(fields)) map.set(key, fields[key]);
  return map;
}

class Encoder {
  readonly #path: PathStep[] = [];
  readonly #writer: MsgpackWriter;

  constructor(writer: MsgpackWriter) {
    this.#writer = writer;
  }

  encode(value: unknown, type: Type): void {
    if (value === null) this.#writer.null();
    else if (value === UNKNOWN) this.#writer.emptyExtension(UNKNOWN_EXTENSION);
    else if (type === "string" && typeof value === "string") this.#writer.text(value);
    else if (type === "bool" && typeof value === "boolean") this.#writer.bool(value);
    else if (type === "number" && typeof value === "number") this.#number(value);
    else if (typeof type !== "object") this.#mismatch(value, type);
    else if ("list" in type && Array.isArray(value)) this.#list(value, type.list);
    else if ("set" in type && Array.isArray(value)) this.#set(value, type.set);
    else if ("map" in type && value instanceof Map) this.#map(value, type.map);
    else if ("object" in type && typeof value === "object") this.#object(value, type.object);
    else this.#mismatch(value, type);
  }

  /**
   * Numbers are sent as decimal text, as Terraform reads them from its state file. As a double, 0.1 would arrive as
   * 0.1000000000000000055…; as an integer, 100 would have another precision, and then `plan -refresh-only
   * -detailed-exitcode` of Terraform 1.11 reports drift where nothing differs.
   */
  #number(value: number): void {
    if (!Number.isFinite(value)) this.#mistake(`${value}, which is no number for Terraform`);
    this.#writer.text(String(value));
  }

  #list(value: readonly unknown[], element: Type): void {
    this.#writer.array(value.length);
    for (const [index, item] of value.entries()) this.#at({ index }, item, element);
  }

  #set(value: readonly unknown[], element: Type): void {
    this.#writer.array(value.length);
    for (const item of value) this.encode(item, element);
  }

  #map(value: ReadonlyMap<unknown, unknown>, element: Type): void {
    this.#writer.map(value.size);
    for (const key of [...value.keys()].sort()) {
      if (typeof key !== "string") this.#mistake(`${nameOfKind(key)} for a key of a map`);
      this.#writer.text(key);
      this.#at({ key }, value.get(key), element);
    }
  }

  #object(value: object, attributes: Readonly<Record<string, Type>>): void {
    const given = value as Readonly<Record<string, unknown>>;
    const foreign = Object.keys(given).find((name) => !Object.hasOwn(attributes, name));
    if (foreign !== undefined) this.#mistake(`an attribute "${foreign}" that the schema does not have`);
    const entries = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
    this.#writer.map(entries.length);
    for (const [attribute, type] of entries) {
      this.#writer.text(attribute);
      this.#at({ attribute }, given[attribute], type);
    }
  }

  #mismatch(value: unknown, type: Type): never {
    return this.#mistake(`${nameOfKind(value)} where ${nameOfType(type)} belongs`);
  }

  #mistake(what: string): never {
    throw new ValueError(
      `the provider gave ${what}; this is a bug in the provider, please report it`,
      this.#path,
    );
  }

  #at(step: PathStep, value: unknown, type: Type): void {
    this.#path.push(step);
    this.encode(value, type);
    this.#path.pop();
  }
}

/** Digits, fraction and exponent of a decimal number. */
const DECIMAL = /^(-?)(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;

/**
 * Terraform's numbers are exact decimals of any size, JavaScript's are doubles. Returns the number if both can
 * represent it: whole numbers up to 2^53 - 1, and fractions whose digits a double keeps. Anything else would change and
 * gives `undefined`.
 *
 * @param raw the number of a document: a number, a 64-bit integer or decimal text
 */
function exactNumber(raw: number | bigint | string): number | undefined {
  const number = Number(raw);
  if (!Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number)))
    return undefined;
  if (typeof raw === "string" && canonicalDecimal(raw) !== canonicalDecimal(String(number))) return undefined;
  return number;
}

/** One spelling for each number: its significant digits, and the exponent of the last one. */
function canonicalDecimal(text: string): string | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign}${significant}e${power}`;
}

/** The name of a type in messages, such as "a map of string". */
function nameOfType(type: Type): string {
  if (type === "string" || type === "number" || type === "bool") return `a ${type}`;
  if ("list" in type) return `a list of ${bareName(type.list)}`;
  if ("set" in type) return `a set of ${bareName(type.set)}`;
  if ("map" in type) return `a map of ${bareName(type.map)}`;
  return "an object";
}

function bareName(type: Type): string {
  return nameOfType(type).replace(/^an? /, "");
}

/** The kind of a value, for messages that must not show the value itself. */
function nameOfKind(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (value === UNKNOWN) return "an unknown value";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Map) return "a map";
  if (typeof value === "boolean") return "a bool";
  if (typeof value === "bigint") return "a number";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
