import type { PathStep } from "../diagnostic";
import { UNKNOWN, type Type } from "../types";
import { nameOfKind, nameOfType } from "./kind";
import type { MsgpackWriter } from "./msgpack-writer";
import { ValueError } from "./value-error";

/** The extension type by which Terraform writes a value that is not known. */
export const UNKNOWN_EXTENSION = 0;

/**
 * Writes a value by its type. Keys of maps and attributes of objects are written in the order of their code units, so that
 * like values are written alike.
 *
 * @throws ValueError where the value does not fit its type
 */
export function encodeValue(value: unknown, type: Type, writer: MsgpackWriter): void {
  new Encoder(writer).encode(value, type);
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
   * Numbers go to Terraform as decimal text, which is how it reads them from its state file. As a double, 0.1 would
   * reach it as 0.1000000000000000055…; as an integer, 100 is kept with another precision, and then
   * `plan -refresh-only -detailed-exitcode` of Terraform 1.11 reports drift where nothing differs.
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
