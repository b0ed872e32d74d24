import type { AttributePath, Diagnostic } from "./diagnostic";

/**
 * A provider's schemas and operations. Terraform's types are data here, and the TypeScript types of the
 * values follow from them.
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

/** Stands for a value that is not known yet, such as a computed attribute of a resource to be created. */
export const UNKNOWN = Symbol("(known after apply)");
export type Unknown = typeof UNKNOWN;

/** A value of a type in a configuration, a state or a plan: known, null or unknown, at every depth. */
export type Value<T extends Type> = Known<T> | null | Unknown;

/** A known value. Maps are `Map`s, so that no key has a special meaning. */
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

/** One attribute of a schema: either `required`, `optional`, `computed`, or `optional` and `computed`. */
export interface Attribute<T extends Type = Type> {
  readonly type: T;
  /** Markdown, for `terraform providers schema`, editors and generated bindings. */
  readonly description: string;
  /**
   * Markdown, for each field of an object, or of the objects in a map: such an attribute is nested, and each
   * field has its own entry.
   */
  readonly fields?: Readonly<Record<string, string>>;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
  /** Terraform hides the value in plans and outputs. */
  readonly sensitive?: boolean;
  /**
   * What to set instead, in sentences. Editors show it, and a configuration that sets the attribute gets a
   * warning.
   */
  readonly deprecated?: string;
  /** The planned value if the configuration sets none; requires `optional` and `computed`. */
  readonly default?: Value<T>;
}

/** The attributes of a provider's configuration, of a resource or of a data source. */
export interface Schema {
  /** States of another version are refused. */
  readonly version: number;
  /** Markdown. */
  readonly description: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A configuration, state or plan of a schema: one value for each attribute. */
export type Model<S extends Schema> = {
  readonly [K in keyof S["attributes"]]: Value<S["attributes"][K]["type"]>;
};

/** A model of some values. Missing ones have the default of the schema, or are null. */
export function fillModel<S extends Schema>(schema: S, values: Partial<Model<S>> = {}): Model<S> {
  const defaults = Object.entries(schema.attributes).map(([name, attribute]): [string, unknown] => [
    name,
    attribute.default ?? null,
  ]);
  return { ...(Object.fromEntries(defaults) as Model<S>), ...values };
}

/**
 * A provider. Its operations report problems as diagnostics. An exception is a bug, and is reported as one
 * error without a stack trace.
 *
 * @typeParam P the schema of the provider's configuration
 * @typeParam C the context that `configure` returns, passed to every operation of a resource or a data source
 */
export interface ProviderDefinition<P extends Schema, C> {
  /** The provider's type, such as `genauth`, which is the prefix of its resource types. */
  readonly name: string;
  readonly version: string;
  readonly schema: P;
  /** Checks the configuration without network access. Values may be unknown. */
  validate?(config: Model<P>): readonly Diagnostic[];
  /**
   * Called once in a process, before any operation that reads or changes something. Values may be unknown at
   * plan.
   *
   * @param engineVersion as the engine tells it, such as `1.11.4`
   */
  configure(
    config: Model<P>,
    engineVersion: string,
  ): Promise<{ readonly context?: C; readonly diagnostics: readonly Diagnostic[] }>;
  readonly resources: Readonly<Record<string, ResourceDefinition<Schema, C>>>;
  /** Default none. */
  readonly dataSources?: Readonly<Record<string, DataSourceDefinition<Schema, C>>>;
  /** Functions by name, which configurations call as `provider::<type>::<name>`. Default none. */
  readonly functions?: Readonly<Record<string, FunctionDefinition>>;
  /** Terraform's first interrupt (Ctrl-C): finish what is in flight, start nothing new. */
  stop?(): void;
}

/**
 * A resource type. Private data is bytes that Terraform stores with the state and does not show; empty if
 * there are none.
 */
export interface ResourceDefinition<S extends Schema, C> {
  readonly schema: S;
  /** Checks one block's configuration without network access. Values may be unknown. */
  validate?(config: Model<S>): readonly Diagnostic[];
  /** Refreshes the state. A null state means that the object no longer exists. */
  read(request: ReadRequest<S, C>): Promise<StateResponse<S>>;
  /** Plans a change. A null prior state means a creation, a null proposed state a destruction. */
  plan(request: PlanRequest<S, C>): Promise<PlanResponse<S>>;
  /** Applies a planned change. A null prior state means a creation, a null planned state a destruction. */
  apply(request: ApplyRequest<S, C>): Promise<StateResponse<S>>;
  /** Makes a state from the id that is given to `terraform import`. Terraform refreshes it next. */
  importState?(id: string, context: C): Promise<StateResponse<S>>;
  /**
   * Makes a state from an object of another resource type, which a `moved` block names. The same object gives
   * the same state. The provider is not configured yet. Terraform refreshes the state next.
   */
  moveState?(source: MovedObject): Promise<StateResponse<S>>;
}

/** An object of another resource type, as the engine's state holds it. */
export interface MovedObject {
  /** The address of its provider, such as `registry.terraform.io/hashicorp/null`. */
  readonly provider: string;
  readonly type: string;
  /** Its attributes, as JSON in the state file. */
  readonly state: unknown;
}

export interface ReadRequest<S extends Schema, C> {
  readonly state: Model<S>;
  readonly privateData: Uint8Array;
  readonly context: C;
}

export interface PlanRequest<S extends Schema, C> {
  readonly prior: Model<S> | null;
  /**
   * The configuration with the prior state's computed values and the schema's defaults. Computed attributes
   * without either are null: the plan marks those that apply will set as unknown.
   */
  readonly proposed: Model<S> | null;
  /** As written, without defaults; null if the block is to be destroyed. */
  readonly config: Model<S> | null;
  readonly privateData: Uint8Array;
  readonly context: C;
}

/** The state that apply would leave, or null. If a diagnostic is an error, nothing is applied. */
export interface PlanResponse<S extends Schema> {
  readonly planned: Model<S> | null;
  readonly privateData: Uint8Array;
  /** Attributes whose change requires a replacement. */
  readonly requiresReplace?: readonly AttributePath[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A planned change to apply. All values are known except those that apply sets. */
export interface ApplyRequest<S extends Schema, C> {
  readonly prior: Model<S> | null;
  readonly planned: Model<S> | null;
  readonly config: Model<S> | null;
  /** What the plan returned as private data. */
  readonly privateData: Uint8Array;
  readonly context: C;
}

/** The new state, or null if there is no object. Terraform also stores it if a diagnostic is an error. */
export interface StateResponse<S extends Schema> {
  readonly state: Model<S> | null;
  readonly privateData: Uint8Array;
  readonly diagnostics: readonly Diagnostic[];
}

/** A data source type: something that a configuration reads, and that no plan changes. */
export interface DataSourceDefinition<S extends Schema, C> {
  readonly schema: S;
  /** Checks one block's configuration without network access. Values may be unknown. */
  validate?(config: Model<S>): readonly Diagnostic[];
  /** Reads the object. Every value of the configuration is known. */
  read(request: DataRequest<S, C>): Promise<DataResponse<S>>;
}

export interface DataRequest<S extends Schema, C> {
  /** With the defaults of the schema. */
  readonly config: Model<S>;
  readonly context: C;
}

/** What was read, without unknown values; null together with an error. */
export interface DataResponse<S extends Schema> {
  readonly state: Model<S> | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** A parameter of a function. */
export interface Parameter {
  readonly name: string;
  readonly type: Type;
  /** Markdown. */
  readonly description: string;
  /** Whether the argument may be null; default no. */
  readonly allowNull?: boolean;
}

/**
 * A function of a provider. It depends on nothing but its arguments: it is called before the provider is
 * configured, and an engine may call it several times for one expression, and remember the result.
 */
export interface FunctionDefinition {
  /** One line. */
  readonly summary: string;
  /** Markdown. */
  readonly description: string;
  readonly parameters: readonly Parameter[];
  /** The parameter of all further arguments; default none. */
  readonly variadic?: Parameter;
  readonly returns: Type;
  /**
   * @param given one value for each parameter, and the further ones; all known
   * @throws ArgumentError for arguments that cannot be used
   */
  call(given: readonly unknown[]): unknown;
}
