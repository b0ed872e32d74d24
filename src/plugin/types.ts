/**
 * Terraform's type system as TypeScript sees it: an attribute's type is data, and the type of its values follows
 * from it.
 */

/** The type of an attribute or an element. */
export type Type =
  | "string"
  | "number"
  | "bool"
  | { readonly list: Type }
  | { readonly set: Type }
  | { readonly map: Type }
  | { readonly object: Readonly<Record<string, Type>> };

/** Stands where Terraform does not know a value yet, such as an attribute of a resource not created so far. */
export const UNKNOWN = Symbol("(known after apply)");
export type Unknown = typeof UNKNOWN;

/**
 * A value of a type as it stands in a configuration, a state or a plan: known, null or not known yet, at every depth.
 */
export type Value<T extends Type> = Known<T> | null | Unknown;

/** A value that is there. Maps are `Map`s, so that no key has a meaning of its own. */
export type Known<T extends Type> = T extends "string"
  ? string
  : T extends "number"
    ? number
    : T extends "bool"
      ? boolean
      : T extends { readonly list: infer E extends Type }
        ? readonly Value<E>[]
        : T extends { readonly set: infer E extends Type }
          ? readonly Value<E>[]
          : T extends { readonly map: infer E extends Type }
            ? ReadonlyMap<string, Value<E>>
            : T extends { readonly object: infer F extends Readonly<Record<string, Type>> }
              ? { readonly [K in keyof F]: Value<F[K]> }
              : never;

/** One attribute of a schema. Exactly one of `required`, `optional`, `computed`, or `optional` with `computed`. */
export interface Attribute<T extends Type = Type> {
  readonly type: T;
  /** What it means, for `terraform providers schema` and generated bindings. Plain text. */
  readonly description: string;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
  /** Hidden in plans and outputs. */
  readonly sensitive?: boolean;
  /** Planned where the configuration is silent; asks for `optional` and `computed`. */
  readonly default?: Value<T>;
}

/** The attributes of a provider's configuration or of a resource. */
export interface Schema {
  /** Counts up when states of the past need an upgrade. */
  readonly version: number;
  readonly description: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A configuration, state or plan of a schema: one value an attribute. */
export type Model<S extends Schema> = {
  readonly [K in keyof S["attributes"]]: Value<S["attributes"][K]["type"]>;
};
