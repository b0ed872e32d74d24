import type { AttributePath, Diagnostic } from "./diagnostic";
import type { Model, Schema } from "./types";

/**
 * What a provider is, in terms of its own values. Nothing here throws at Terraform: a problem is a diagnostic. What is
 * thrown all the same is a bug, and reaches the person as one error without a stack trace.
 *
 * @typeParam P the schema of the provider's configuration
 * @typeParam C what `configure` makes of it, handed to every operation of a resource
 */
export interface ProviderDefinition<P extends Schema, C> {
  /** The type's name, such as `genauth`; prefixes resource names. */
  readonly name: string;
  readonly version: string;
  readonly schema: P;
  /** Checks the configuration without any network. Values may be unknown. */
  validate?(config: Model<P>): readonly Diagnostic[];
  /** Called once a process, before any operation that reads or changes something. Values may be unknown at plan. */
  configure(config: Model<P>): Promise<{ readonly context?: C; readonly diagnostics: readonly Diagnostic[] }>;
  readonly resources: Readonly<Record<string, ResourceDefinition<Schema, C>>>;
  /** The polite interrupt (Ctrl-C): finish what is in flight, start nothing new. */
  stop?(): void;
}

/**
 * A resource type. Private data is bytes that Terraform keeps beside the state and shows nobody; empty where there
 * is none.
 */
export interface ResourceDefinition<S extends Schema, C> {
  readonly schema: S;
  /** Checks one block's configuration without any network. Values may be unknown. */
  validate?(config: Model<S>): readonly Diagnostic[];
  /** Refreshes the state. A null state says that the object is no longer there. */
  read(request: ReadRequest<S, C>): Promise<StateResponse<S>>;
  /** Says what apply would do. A null prior is a creation, a null proposed a destruction. */
  plan(request: PlanRequest<S, C>): Promise<PlanResponse<S>>;
  /** Does what was planned. A null prior is a creation, a null planned a destruction. */
  apply(request: ApplyRequest<S, C>): Promise<StateResponse<S>>;
  /**
   * Turns the state of an older version of the schema, as its JSON stands in the state file, into the JSON of the
   * present one. Needed as soon as the version has counted up.
   */
  upgradeState?(version: number, state: unknown): unknown;
  /** Makes a state of the id given to `terraform import`; Terraform refreshes it next. */
  importState?(id: string, context: C): Promise<StateResponse<S>>;
}

/** A state that is to be refreshed, with what `configure` made. */
export interface ReadRequest<S extends Schema, C> {
  readonly state: Model<S>;
  readonly privateData: Uint8Array;
  readonly context: C;
}

/** A change that is to be planned. */
export interface PlanRequest<S extends Schema, C> {
  readonly prior: Model<S> | null;
  /**
   * The configuration, filled with the prior state's computed values and the schema's defaults. Computed
   * attributes that have neither are null: the plan marks those that apply will fill as unknown.
   */
  readonly proposed: Model<S> | null;
  /** As written, without defaults; null when the block is to be destroyed. */
  readonly config: Model<S> | null;
  readonly privateData: Uint8Array;
  readonly context: C;
}

/** What apply would leave, null where nothing; with an error among the diagnostics, nothing is applied. */
export interface PlanResponse<S extends Schema> {
  readonly planned: Model<S> | null;
  readonly privateData: Uint8Array;
  /** Attributes whose change asks for a new object. */
  readonly requiresReplace?: readonly AttributePath[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A change that was planned and is to be made. All values are known but those that apply fills. */
export interface ApplyRequest<S extends Schema, C> {
  readonly prior: Model<S> | null;
  readonly planned: Model<S> | null;
  readonly config: Model<S> | null;
  /** What the plan returned as private data. */
  readonly privateData: Uint8Array;
  readonly context: C;
}

/** What Terraform keeps from now on, null where there is no object, also where a diagnostic is an error. */
export interface StateResponse<S extends Schema> {
  readonly state: Model<S> | null;
  readonly privateData: Uint8Array;
  readonly diagnostics: readonly Diagnostic[];
}
