import { fillModel, type Type } from "../../src/plugin";
import type { Known, Unknown } from "../../src/plugin/definition";
import { userSetSchema } from "../../src/provider/user-set/schema";

/** The parts of a state file (version 4) that tests look at. */
export interface StateFile {
  readonly outputs: Readonly<Record<string, { readonly value: unknown }>>;
  readonly resources: readonly StateResource[];
}

/** One resource block's objects. */
export interface StateResource {
  readonly type: string;
  readonly name: string;
  readonly instances: readonly StateInstance[];
}

/** One object: the only one of its block, or one of those made by `count` or `for_each`. */
export interface StateInstance {
  readonly index_key?: string | number;
  readonly status?: "tainted";
  /** Set on an object that waits to be destroyed by `create_before_destroy`. */
  readonly deposed?: string;
  readonly attributes: UserSetAttributes;
  /** The provider's private data, base64. */
  readonly private?: string;
}

/** The attributes of a `genauth_user_set` in the state. */
export type UserSetAttributes = { readonly id: string } & {
  readonly [K in Exclude<keyof Schema, "id">]: JsonValue<Schema[K]["type"]> | NullOf<Schema[K]>;
};

type Schema = (typeof userSetSchema)["attributes"];
type NullOf<A> = A extends { readonly required: true } | { readonly default: unknown } ? never : null;

/** A known value of a type, as JSON spells it. */
export type JsonValue<T extends Type> = AsJson<Known<T>>;

/** Maps are objects, and nothing is null or unknown. */
type AsJson<V> = V extends null | Unknown
  ? never
  : V extends readonly (infer E)[]
    ? readonly AsJson<E>[]
    : V extends ReadonlyMap<string, infer E>
      ? Readonly<Record<string, AsJson<E>>>
      : V extends object
        ? { readonly [K in keyof V]: AsJson<V[K]> }
        : V;

/** The attributes of a state in which nothing but these was said. */
export function attributesOf(said: Pick<UserSetAttributes, "id" | "users"> & Partial<UserSetAttributes>) {
  return { ...fillModel(userSetSchema), ...said } as UserSetAttributes;
}

/** The state before anything was applied. */
export const EMPTY_STATE: StateFile = { outputs: {}, resources: [] };
