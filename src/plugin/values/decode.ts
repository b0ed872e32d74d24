import type { PathStep } from "../diagnostic";
import { UNKNOWN, type Type } from "../types";
import { nameOfKind, nameOfType } from "./kind";
import { exactNumber } from "./numbers";
import { ValueError } from "./value-error";

/**
 * The values of a parsed document by their type. Lists and sets become arrays, maps become `Map`s, objects
 * plain objects with exactly the attributes of their type: one that is absent is null, one that is foreign is
 * left out.
 *
 * @param root its maps and objects are `Map`s, as the reader of MessagePack makes them, or plain objects; `Map`s are taken
 *   over and changed where that spares a copy, since a set of users may hold 100,000 entries
 * @throws ValueError where a value does not fit
 */
export function decodeValue(root: unknown, type: Type): unknown {
  return new Decoder().decode(root, type);
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
