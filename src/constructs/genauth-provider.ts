import { Annotations, Aspects, TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { printable } from "../text";
import { checkUserId, USER_ID_TYPES } from "../users";
import type { GenAuthProviderConfig } from "./genauth-provider-config";
import { GenauthProvider } from "./generated/provider";
import { hclOutputProblem } from "./hcl-output";
import { layPlugin } from "./plugin-files";
import { type CollectedUsers, collectUsers } from "./protected-users/collect";
import { LEFT_OUT_WARNINGS, protectedUsersExpression, renderProtectedUsers } from "./protected-users/render";
import { resolve } from "./resolve";
import { StackFiles } from "./stack-files";
import { escapeAroundTokens } from "./template-text";

/**
 * The connection to GenAuth that a stack's user sets use. At synth it lays the provider's file in the stack's
 * folder, so that nothing but `npm install` is needed, and adds everybody whom the stack's sets declare to
 * `protectedUsers`.
 *
 * @example new GenAuthProvider(this, "genauth", {}); // credentials from the environment
 */
export class GenAuthProvider extends GenauthProvider {
  public constructor(scope: Construct, id: string, config: GenAuthProviderConfig = {}) {
    super(scope, id, config);
    StackFiles.add(TerraformStack.of(this), layPlugin);
    this.node.addValidation({ validate: () => this.problems() });
    // An aspect is visited once all sets are there, and before CDKTF gathers the warnings.
    Aspects.of(this).add({ visit: () => this.warn() });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...super.synthesizeAttributes(), protected_users: renderProtectedUsers(this.collected()) };
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    const value = protectedUsersExpression(this.collected());
    const attribute = { value, isBlock: false, type: "simple", storageClassType: "string" };
    return { ...super.synthesizeHclAttributes(), protected_users: attribute };
  }

  private collected(): CollectedUsers {
    const given = Object.entries(this.given).map(([type, ids]) => [
      type,
      resolve(this, Token.isUnresolved(ids) ? ids : ids.map(escapeAroundTokens)),
    ]);
    return collectUsers(this.cdktfStack, Object.fromEntries(given) as Record<string, string[] | string>);
  }

  /** What the team gave, by id type. */
  private get given(): Record<string, string[]> {
    const given = this.protectedUsersInput ?? {};
    if (Token.isUnresolved(given)) {
      throw new Error(
        "protectedUsers must be a map from id type to ids; only its lists and ids may be tokens.",
      );
    }
    return given as Record<string, string[]>;
  }

  private problems(): string[] {
    return Object.entries(this.given).flatMap(([name, ids]) => {
      const type = USER_ID_TYPES.find((known: string) => known === name);
      if (type === undefined) {
        return [
          `protectedUsers: "${printable(name)}" is no id type; it must be one of ${USER_ID_TYPES.join(", ")}.`,
        ];
      }
      return ids
        .filter((id) => !Token.isUnresolved(ids) && !Token.isUnresolved(id))
        .map((id) => checkUserId(id, type) ?? hclOutputProblem(id))
        .filter((problem) => problem !== undefined)
        .map((problem) => `protectedUsers: ${problem}`);
    });
  }

  /** Warns of sets that cannot be protected; once, however many providers the stack has. */
  private warn(): void {
    if (this.cdktfStack.node.findAll().find((node) => node instanceof GenAuthProvider) !== this) return;
    for (const [set, reason] of this.collected().leftOut) {
      Annotations.of(set).addWarning(LEFT_OUT_WARNINGS[reason]);
    }
  }
}
