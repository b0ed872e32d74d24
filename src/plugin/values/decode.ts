import type { PathStep } from "../diagnostic";
import { UNKNOWN, type Type } from "../types";
import { nameOfKind, nameOfType } from "./kind";
import { exactNumber } from "./numbers";
import { ValueError } from "./value-error";

/** A document after parsing, before its values are held against a type. */
export interface RawDocument {
  readonly root: unknown;
  /** What the parser put before each key of its objects. */
  readonly keyPrefix: string;
}

/**
 * The values of a document by their type. Lists and sets become arrays, maps become `Map`s, objects plain objects with
 * exactly the attributes of their type: one that is absent is null, one that is foreign is left out.
 *
 * @throws ValueError where a value does not fit
 */
export function decodeValue(document: RawDocument, type: Type): unknown {
  return new Decoder(document.keyPrefix).decode(document.root, type);
}

class Decoder {
  readonly #path: PathStep[] = [];
  readonly #keyPrefix: string;

  constructor(keyPrefix: string) {
    this.#keyPrefix = keyPrefix;
  }

  decode(raw: unknown, type: Type): unknown {
    if (raw === null || raw === undefined) return null;
    if (raw === UNKNOWN) return UNKNOWN;
    if (type === "string" && typeof raw === "string") return raw;
    if (type === "bool" && typeof raw === "boolean") return raw;
    if (type === "number") return this.#number(raw);
    if (typeof type === "object" && typeof raw === "object") {
      if ("list" in type && Array.isArray(raw)) return this.#list(raw, type.list);
      if ("set" in type && Array.isArray(raw)) return raw.map((element) => this.decode(element, type.set));
      if ("map" in type && !Array.isArray(raw)) return this.#map(raw as RawObject, type.map);
      if ("object" in type && !Array.isArray(raw)) return this.#object(raw as RawObject, type.object);
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

  #map(raw: RawObject, element: Type): Map<string, unknown> {
    const map = new Map<string, unknown>();
    for (const prefixed of Object.keys(raw)) {
      const key = prefixed.slice(this.#keyPrefix.length);
      map.set(key, this.#at({ key }, raw[prefixed], element));
    }
    return map;
  }

  #object(raw: RawObject, attributes: Readonly<Record<string, Type>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(attributes).map(([attribute, type]) => {
        const key = this.#keyPrefix + attribute;
        return [attribute, this.#at({ attribute }, Object.hasOwn(raw, key) ? raw[key] : null, type)];
      }),
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

type RawObject = Readonly<Record<string, unknown>>;
