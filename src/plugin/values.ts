import { UNKNOWN, type Type } from "./definition";
import { ValueError, type PathStep } from "./diagnostic";

/**
 * Decodes the values of a parsed document by their type. Lists and sets become arrays, maps become `Map`s,
 * objects plain objects with exactly the attributes of their type: a missing one is null, an additional one
 * is dropped.
 *
 * @param root its maps and objects are `Map`s, as the MessagePack reader makes them, or plain objects. `Map`s
 *   are changed in place where that saves a copy, because a set of users may have 100,000 entries.
 * @throws ValueError if a value does not fit
 */
export function decodeValue(root: unknown, type: Type): unknown {
  return new Decoder().convert(root, type);
}

/**
 * What the MessagePack writer gets for a value of a type. Keys of maps and attributes of objects are in the
 * order of their code units, so that equal values give equal bytes.
 *
 * @throws ValueError if the value does not fit its type
 */
export function encodeValue(value: unknown, type: Type): unknown {
  return new Encoder().convert(value, type);
}

/** Converts values of lists, maps and objects one by one, and knows where it is. */
abstract class Converter {
  protected readonly path: PathStep[] = [];

  protected abstract convert(value: unknown, type: Type): unknown;

  protected convertList(values: readonly unknown[], element: Type): unknown[] {
    return values.map((value, index) => this.convertAt({ index }, value, element));
  }

  protected convertAt(step: PathStep, value: unknown, type: Type): unknown {
    this.path.push(step);
    const converted = this.convert(value, type);
    this.path.pop();
    return converted;
  }
}

class Decoder extends Converter {
  convert(raw: unknown, type: Type): unknown {
    if (raw === null || raw === undefined) return null;
    if (raw === UNKNOWN) return UNKNOWN;
    if (type === "string" && typeof raw === "string") return raw;
    if (type === "bool" && typeof raw === "boolean") return raw;
    if (type === "number") return this.#number(raw);
    if (typeof type === "object" && typeof raw === "object") {
      if ("list" in type && Array.isArray(raw)) return this.convertList(raw, type.list);
      if ("set" in type && Array.isArray(raw)) return raw.map((element) => this.convert(element, type.set));
      const map = mapOf(raw);
      if ("map" in type && map) return this.#map(map, type.map);
      if ("object" in type && map) return this.#object(map, type.object);
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
      "the number has more digits than this provider can keep: whole numbers up to 9007199254740991 are exact",
      this.path,
    );
  }

  #map(map: Map<unknown, unknown>, element: Type): Map<unknown, unknown> {
    for (const [key, raw] of map) {
      if (element === "string" && typeof raw === "string") continue;
      map.set(key, this.convertAt({ key: String(key) }, raw, element));
    }
    return map;
  }

  #object(raw: ReadonlyMap<unknown, unknown>, attributes: Readonly<Record<string, Type>>): object {
    return Object.fromEntries(
      Object.entries(attributes).map(([attribute, type]) => [
        attribute,
        this.convertAt({ attribute }, raw.get(attribute), type),
      ]),
    );
  }

  #mismatch(raw: unknown, type: Type): never {
    throw new ValueError(`expected ${nameOfType(type)}, got ${nameOfKind(raw)}`, this.path);
  }
}

/**
 * The entries of a map or of a plain object. Nothing else has any, such as a time, which would pass for a map
 * without entries.
 */
function mapOf(raw: object): Map<unknown, unknown> | undefined {
  if (raw instanceof Map) return raw;
  return Object.getPrototypeOf(raw) === Object.prototype ? new Map(Object.entries(raw)) : undefined;
}

class Encoder extends Converter {
  convert(value: unknown, type: Type): unknown {
    if (value === null) return null;
    // The writer's form of undefined is that of Terraform's unknown values: extension 0, with one byte that
    // is zero.
    if (value === UNKNOWN) return undefined;
    if (type === "string" && typeof value === "string") return value;
    if (type === "bool" && typeof value === "boolean") return value;
    if (type === "number" && typeof value === "number") return this.#number(value);
    if (typeof type === "object") {
      if ("list" in type && Array.isArray(value)) return this.convertList(value, type.list);
      if ("set" in type && Array.isArray(value))
        return value.map((element) => this.convert(element, type.set));
      if ("map" in type && value instanceof Map) return this.#map(value, type.map);
      if ("object" in type && typeof value === "object") return this.#object(value, type.object);
    }
    return this.#mismatch(value, type);
  }

  /**
   * Numbers are sent as decimal text, as Terraform reads them from its state file. As a double, 0.1 would
   * arrive as 0.1000000000000000055…; as an integer, 100 would have another precision, and then
   * `plan -refresh-only -detailed-exitcode` of Terraform 1.11 reports drift where nothing differs.
   */
  #number(value: number): string {
    if (!Number.isFinite(value)) this.#mistake(`${value}, which is no number for Terraform`);
    return String(value);
  }

  #map(value: ReadonlyMap<unknown, unknown>, element: Type): Map<string, unknown> {
    const entries = new Map<string, unknown>();
    for (const key of [...value.keys()].sort()) {
      if (typeof key !== "string") this.#mistake(`${nameOfKind(key)} for a key of a map`);
      entries.set(key, this.convertAt({ key }, value.get(key), element));
    }
    return entries;
  }

  #object(value: object, attributes: Readonly<Record<string, Type>>): Map<string, unknown> {
    const given = value as Readonly<Record<string, unknown>>;
    const foreign = Object.keys(given).find((name) => !Object.hasOwn(attributes, name));
    if (foreign !== undefined) this.#mistake(`an attribute "${foreign}" that the schema does not have`);
    const entries = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
    return new Map(
      entries.map(([attribute, type]) => [attribute, this.convertAt({ attribute }, given[attribute], type)]),
    );
  }

  #mismatch(value: unknown, type: Type): never {
    return this.#mistake(`${nameOfKind(value)} where ${nameOfType(type)} belongs`);
  }

  #mistake(what: string): never {
    throw new ValueError(
      `the provider gave ${what}; this is a bug in the provider, please report it`,
      this.path,
    );
  }
}

/**
 * Terraform's numbers are exact decimals of any size, JavaScript's are doubles. Returns the number if it is a
 * decimal one, and `undefined` for a whole number above 2^53 - 1, which would become another one. A fraction
 * keeps about 15 digits.
 *
 * @param raw the number of a document: a number, a 64-bit integer or decimal text
 */
function exactNumber(raw: number | bigint | string): number | undefined {
  const number = typeof raw === "string" && !DECIMAL.test(raw) ? NaN : Number(raw);
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number))
    ? number
    : undefined;
}

const DECIMAL = /^-?\d+(?:\.\d*)?(?:e[+-]?\d+)?$/i;

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
