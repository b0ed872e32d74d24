import type { PathStep } from "../diagnostic";
import { UNKNOWN, type Type } from "../types";
import { nameOfKind, nameOfType } from "./kind";
import { wireNumber } from "./numbers";
import { ValueError } from "./value-error";

/**
 * A value in the form that a writer of documents takes: arrays for lists and sets, objects without a prototype for maps
 * and objects (so that `__proto__` is a key like any other), `unknown` where a value is not known.
 *
 * @throws ValueError where the value does not fit its type
 */
export function encodeValue(value: unknown, type: Type, unknown: object): unknown {
  return new Encoder(unknown).encode(value, type);
}

class Encoder {
  readonly #path: PathStep[] = [];
  readonly #unknown: object;

  constructor(unknown: object) {
    this.#unknown = unknown;
  }

  encode(value: unknown, type: Type): unknown {
    if (value === null) return null;
    if (value === UNKNOWN) return this.#unknown;
    if (type === "string" && typeof value === "string") return value;
    if (type === "bool" && typeof value === "boolean") return value;
    if (type === "number" && typeof value === "number") return this.#number(value);
    if (typeof type === "object" && typeof value === "object") {
      if ("list" in type && Array.isArray(value)) return this.#list(value, type.list);
      if ("set" in type && Array.isArray(value))
        return value.map((element) => this.encode(element, type.set));
      if ("map" in type && value instanceof Map) return this.#map(value, type.map);
      if ("object" in type) return this.#object(value, type.object);
    }
    return this.#mistake(`${nameOfKind(value)} where ${nameOfType(type)} belongs`);
  }

  #number(value: number): number | string {
    if (!Number.isFinite(value)) return this.#mistake(`${value}, which is no number for Terraform`);
    return wireNumber(value);
  }

  #list(value: readonly unknown[], element: Type): unknown[] {
    return value.map((item, index) => this.#at({ index }, item, element));
  }

  #map(value: ReadonlyMap<unknown, unknown>, element: Type): object {
    const wire = bareObject();
    for (const [key, item] of value) {
      if (typeof key !== "string") return this.#mistake(`${nameOfKind(key)} for a key of a map`);
      wire[key] = this.#at({ key }, item, element);
    }
    return wire;
  }

  #object(value: object, attributes: Readonly<Record<string, Type>>): object {
    const given = value as Readonly<Record<string, unknown>>;
    const foreign = Object.keys(given).find((name) => !Object.hasOwn(attributes, name));
    if (foreign !== undefined)
      return this.#mistake(`an attribute "${foreign}" that the schema does not have`);
    const wire = bareObject();
    for (const [attribute, type] of Object.entries(attributes)) {
      wire[attribute] = this.#at({ attribute }, given[attribute], type);
    }
    return wire;
  }

  #mistake(what: string): never {
    throw new ValueError(
      `the provider gave ${what}; this is a bug in the provider, please report it`,
      this.#path,
    );
  }

  #at(step: PathStep, value: unknown, type: Type): unknown {
    this.#path.push(step);
    const wire = this.encode(value, type);
    this.#path.pop();
    return wire;
  }
}

function bareObject(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}
