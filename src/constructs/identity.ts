import { TerraformProvider, TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";
import type { GenauthProvider } from "./generated/provider";
import type { UserSet } from "./generated/user-set";

/*
 * An app can hold this package twice: npm installs a second copy where versions differ, and a package of
 * constructs may bring its own. A class of one copy is not that of the other, so `instanceof` would not see
 * the other's users, and a set would delete the users that the other declares. Terraform's name of the block
 * and symbols that all copies share tell what a node is.
 */

/** Whether a node is the block of a GenAuth provider. */
export function isGenAuthProvider(node: IConstruct): node is GenauthProvider {
  return TerraformProvider.isTerraformProvider(node) && node.terraformResourceType === "genauth";
}

/** Whether a node is a `genauth_user_set`. */
export function isUserSetNode(node: IConstruct): node is UserSet {
  return TerraformResource.isTerraformResource(node) && node.terraformResourceType === "genauth_user_set";
}

/**
 * What the copies of this package note on an object, by a name: of a construct, or of an instance of a class.
 */
export class SharedNote<T> {
  private readonly key: symbol;

  public constructor(name: string) {
    this.key = Symbol.for(`cdktf-genauth.${name}`);
  }

  public of(object: object): T | undefined {
    return Reflect.get(object, this.key) as T | undefined;
  }

  /** Notes a value in place of the one before. */
  public set(object: object, value: T): void {
    Object.defineProperty(object, this.key, { value, configurable: true });
  }
}
