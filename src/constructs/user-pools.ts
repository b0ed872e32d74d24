import { isDeepStrictEqual } from "node:util";
import { TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { caller } from "../caller";
import { mayBeSamePool, userPoolNameProblem } from "../user-pool";
import type { GenauthProvider } from "./generated/provider";
import type { UserSet } from "./generated/user-set";
import { overrideOf } from "./framework";
import { isGenAuthProvider } from "./identity";
import { resolve } from "./references";

const USER_POOL_NAME = caller.property("userPoolName");

/** The GenAuth providers of the node's stack. */
export function providersOf(node: IConstruct): GenauthProvider[] {
  const stack = TerraformStack.of(node);
  return stack.node
    .findAll()
    .filter(isGenAuthProvider)
    .filter((provider) => provider.cdktfStack === stack);
}

/**
 * The name of a provider's user pool; `undefined` if it has none.
 *
 * @returns also `undefined` for a name that only Terraform knows, or that is none: the provider then counts
 *   to every pool
 */
function userPoolNameOf(provider: GenauthProvider): string | undefined {
  return nameProblem(provider) === undefined ? (nameOf(provider) as string | undefined) : undefined;
}

/**
 * Tells which sets of a provider's stack may be in its user pool, as far as the names of the pools say. A set
 * of which the stack does not say the provider may be in every pool.
 */
export function setsOfPool(provider: GenauthProvider): (set: UserSet) => boolean {
  const providers = providersOf(provider);
  // Two names of what is certainly one pool are refused. If a synth skips that check, their sets protect each
  // other.
  const same = providers.filter((other) => other === provider || isSameReach(provider, other));
  return (set) => {
    const address: unknown = overrideOf(set, "provider") ?? set.provider?.fqn;
    const its = providers.find(({ alias, fqn }) =>
      address === undefined ? alias === undefined : fqn === address,
    );
    return same.some((one) => mayBeSamePool(userPoolNameOf(one), its && userPoolNameOf(its)));
  };
}

/**
 * Why the name of a provider's pool cannot be used, in a sentence; `undefined` if it can, or if there is
 * none.
 */
export function nameProblem(provider: GenauthProvider): string | undefined {
  const name = nameOf(provider);
  if (name === undefined) return undefined;
  if (typeof name !== "string" || Token.isUnresolved(name))
    return `${USER_POOL_NAME} must be text that is known at synth. Synth decides by it which users the sets protect.`;
  const problem = userPoolNameProblem(name);
  return problem === undefined ? undefined : `${USER_POOL_NAME}: ${problem}`;
}

/** Problems of the name of a provider's pool, in sentences. */
export function findUserPoolProblems(provider: GenauthProvider): string[] {
  const problem = nameProblem(provider);
  if (problem !== undefined) return [problem];
  const name = userPoolNameOf(provider);
  return providersOf(provider)
    .filter((other) => !mayBeSamePool(name, userPoolNameOf(other)) && isSameReach(provider, other))
    .map(
      (other) =>
        `${USER_POOL_NAME} is "${name ?? ""}", and "${userPoolNameOf(other) ?? ""}" in ${other.node.path}, but both reach the same users: by the same ` +
        `${caller.property("accessKeyId")}, and no different ${caller.property("host")} or ${caller.property("tenantId")}. Under two names, ` +
        "sets under one name would delete users that sets under the other name declare. Give both one name, or each its own key.",
    );
}

/**
 * The warning at synth about providers that count as one pool, for want of a name, and hardly are one;
 * `undefined` if there are none.
 */
export function warnOfUnnamedPools(stack: TerraformStack): string | undefined {
  const providers = providersOf(stack);
  const unnamed = providers.filter((provider) => userPoolNameOf(provider) === undefined);
  const isAlike = (one: GenauthProvider, other: GenauthProvider) =>
    isDeepStrictEqual(reachOf(one), reachOf(other));
  if (unnamed.every((one) => providers.every((other) => isAlike(one, other)))) return undefined;
  return (
    `The GenAuth providers of this stack have different hosts, key ids or tenants, and not all of them have a ${USER_POOL_NAME}, so they count as ` +
    "one user pool: a user who leaves the sets of one pool, and is declared in another, keeps the account for good. If they are different " +
    `pools, give each provider a ${USER_POOL_NAME}. If they are one pool, give all of them the same.`
  );
}

/** Where a provider gets its users from, as written: what is absent comes from the environment. */
function reachOf(provider: GenauthProvider) {
  const text = (name: string, value: unknown): string | undefined => {
    const given: unknown = overrideOf(provider, name) ?? resolve(provider, value);
    return typeof given === "string" ? given.replace(/\/+$/, "").toLowerCase() : undefined;
  };
  return {
    host: text("host", provider.hostInput),
    key: text("access_key_id", provider.accessKeyIdInput),
    tenant: text("tenant_id", provider.tenantIdInput),
  };
}

/**
 * Whether two providers certainly share users. A key belongs to one pool; without a tenant, it reaches those
 * of all tenants.
 */
function isSameReach(provider: GenauthProvider, other: GenauthProvider): boolean {
  const one = reachOf(provider);
  const two = reachOf(other);
  const differs = (name: "host" | "tenant") =>
    one[name] !== undefined && two[name] !== undefined && one[name] !== two[name];
  return one.key === two.key && !differs("host") && !differs("tenant");
}

function nameOf(provider: GenauthProvider): unknown {
  return overrideOf(provider, "user_pool_name") ?? provider.userPoolNameInput;
}
