import { fillModel, type Type } from "../../src/plugin";
import type { Known, Unknown } from "../../src/plugin/definition";
import { userSetSchema } from "../../src/provider/user-set/schema";

/** The parts of a state file (version 4) that tests read. */
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

/** One object: the only one of its block, or one of several by `count` or `for_each`. */
export interface StateInstance {
  readonly index_key?: string | number;
  readonly status?: "tainted";
  /** Set on an object that is still to be destroyed after `create_before_destroy`. */
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

/** A known value of a type, in JSON. */
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

/** The attributes of a state with these values; the others have defaults. */
export function attributesOf(given: Pick<UserSetAttributes, "id" | "users"> & Partial<UserSetAttributes>) {
  return { ...fillModel(userSetSchema), ...given } as UserSetAttributes;
}

/** The state before the first apply. */
export const EMPTY_STATE: StateFile = { outputs: {}, resources: [] };
