import { fillModel, type Type } from "../../src/plugin";
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

/** A known value as JSON spells it. */
export type JsonValue<T extends Type> = T extends "string"
  ? string
  : T extends "number"
    ? number
    : T extends "bool"
      ? boolean
      : T extends { readonly list: infer E extends Type }
        ? readonly JsonValue<E>[]
        : T extends { readonly map: infer E extends Type }
          ? Readonly<Record<string, JsonValue<E>>>
          : T extends { readonly object: infer F extends Readonly<Record<string, Type>> }
            ? { readonly [K in keyof F]: JsonValue<F[K]> }
            : never;

/** The attributes of a state in which nothing but these was said. */
export function attributesOf(said: Pick<UserSetAttributes, "id" | "users"> & Partial<UserSetAttributes>) {
  return { ...fillModel(userSetSchema), ...said } as UserSetAttributes;
}

/** The state before anything was applied. */
export const EMPTY_STATE: StateFile = { outputs: {}, resources: [] };
