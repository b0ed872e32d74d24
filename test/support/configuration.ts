import type { userSetSchema } from "../../src/provider/user-set/schema";
import type { JsonValue } from "./state-file";

type Schema = (typeof userSetSchema)["attributes"];

/** The attributes that a block can set. */
type Settable = {
  readonly [K in keyof Schema as Schema[K] extends { readonly optional: true } ? K : never]?: JsonValue<
    Schema[K]["type"]
  >;
};

/** One `genauth_user_set` block, with Terraform's attribute names. */
export interface UserSetBlock extends Settable {
  /**
   * The declared users: ids, ids with labels, or a Terraform expression such as
   * `${terraform_data.staff.output}`. Ids and labels are data: `${` and `%{` in them are escaped.
   */
  readonly users: readonly string[] | Readonly<Record<string, string>> | string;
  /**
   * Other contents of a block: `lifecycle`, `for_each`, `depends_on`, or a deliberately invalid value.
   */
  readonly [attribute: string]: unknown;
}

/** A configuration for one run, written as `main.tf.json`. */
export interface Configuration {
  /** The sets, by their names in Terraform. */
  readonly sets: Readonly<Record<string, UserSetBlock>>;
  /** The provider's configuration. Omitted settings come from the environment. */
  readonly provider?: Readonly<Record<string, unknown>>;
  /** Other top-level blocks, such as `resource` (merged with the sets), `output` or `variable`. */
  readonly blocks?: Readonly<Record<string, unknown>>;
}

/** The `terraform` block of every configuration, in Terraform's JSON syntax. */
export const REQUIRED_PROVIDERS = {
  required_providers: { genauth: { source: "terraform.local/genauth/genauth" } },
};

/** Writes a configuration in Terraform's JSON syntax. */
export function renderConfiguration({ sets, provider = {}, blocks = {} }: Configuration): string {
  const { resource = {}, ...others } = blocks;
  const userSets = Object.entries(sets).map(([name, set]): [string, unknown] => [
    name,
    { ...set, users: renderUsers(set.users) },
  ]);
  const resources = {
    ...(resource as Readonly<Record<string, unknown>>),
    ...(userSets.length > 0 && { genauth_user_set: Object.fromEntries<unknown>(userSets) }),
  };
  return JSON.stringify(
    {
      terraform: REQUIRED_PROVIDERS,
      provider: { genauth: provider },
      ...(Object.keys(resources).length > 0 && { resource: resources }),
      ...others,
    },
    undefined,
    2,
  );
}

/** Escapes text, so that Terraform does not evaluate it as a template. */
export function literal(text: string): string {
  return text.replaceAll(/[$%](?=\{)/g, "$&$&");
}

function renderUsers(users: UserSetBlock["users"]): string | Readonly<Record<string, string>> {
  if (typeof users === "string") return users;
  const labelled = isIds(users) ? users.map((id): [string, string] => [id, ""]) : Object.entries(users);
  return Object.fromEntries(labelled.map(([id, label]) => [literal(id), literal(label)]));
}

function isIds(users: readonly string[] | Readonly<Record<string, string>>): users is readonly string[] {
  return Array.isArray(users);
}
