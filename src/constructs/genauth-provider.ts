import { Annotations, Aspects, TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { printable } from "../text";
import { checkUserId, type Refresh, USER_ID_TYPES } from "../users";
import { refuseNull, refuseNullIds } from "./check-declaration";
import { GenauthProvider } from "./generated/provider";
import {
  type CollectedUsers,
  collectUsers,
  LEFT_OUT_WARNINGS,
  protectedUsersExpression,
  renderProtectedUsers,
} from "./protected-users";
import { resolve } from "./references";
import { StackFiles } from "./stack-files";
import { escapeAroundTokens, hclOutputProblem } from "./template-text";

/**
 * How a stack reaches GenAuth. What is left out comes from the environment of the process that runs Terraform;
 * credentials belong there, since what is given here is written to `cdk.tf.json`.
 */
export interface GenAuthProviderConfig {
  /**
   * Address of the Management API, without a slash at its end.
   *
   * @default the variable GENAUTH_HOST, else the public cloud, https://api.genauth.ai
   * @example "https://genauth.corp.example"
   */
  readonly host?: string;
  /**
   * Access key id: the user pool's id, or that of an administrator's key.
   *
   * @default the variable GENAUTH_ACCESS_KEY_ID
   * @example accessKeyId.stringValue // a sensitive TerraformVariable
   */
  readonly accessKeyId?: string;
  /**
   * Access key secret. Text given here ends in `cdk.tf.json`; give a sensitive variable, or better nothing.
   *
   * @default the variable GENAUTH_ACCESS_KEY_SECRET
   * @example accessKeySecret.stringValue // a sensitive TerraformVariable
   */
  readonly accessKeySecret?: string;
  /**
   * The tenant to act in, for pools with tenants.
   *
   * @default the variable GENAUTH_TENANT_ID, else none
   * @example "62f20932716fbcc10d966ee5"
   */
  readonly tenantId?: string;
  /**
   * Calls a second, for the whole run.
   *
   * @default the variable GENAUTH_REQUESTS_PER_SECOND, else 75: half of what the public cloud gives a user pool
   * @example 20
   */
  readonly requestsPerSecond?: number;
  /**
   * Calls in flight at once.
   *
   * @default the variable GENAUTH_PARALLELISM, else 8
   * @example 2
   */
  readonly parallelism?: number;
  /**
   * The longest wait for the answer to one call, in seconds.
   *
   * @default the variable GENAUTH_TIMEOUT_SECONDS, else 30
   * @example 60
   */
  readonly timeoutSeconds?: number;
  /**
   * Attempts for one call before it counts as failed.
   *
   * @default the variable GENAUTH_MAX_ATTEMPTS, else 6
   * @example 3
   */
  readonly maxAttempts?: number;
  /**
   * How a refresh finds out who is still in the pool. `Refresh.INCREMENTAL` costs a call or two instead of one for every
   * 50 users, but sees only deletions: an e-mail that changes in the pool, say, is seen by the next full look-up. Sets of
   * `UserSetResourceType.NULL_RESOURCE` have no refresh, so this does nothing for them.
   *
   * @default the variable GENAUTH_REFRESH, else Refresh.FULL, which is right in every case
   * @example Refresh.INCREMENTAL
   */
  readonly refresh?: Refresh;
  /**
   * With incremental refresh, how many hours after a full look-up the next one is made; 0 for every time.
   *
   * @default the variable GENAUTH_FULL_REFRESH_HOURS, else 24
   * @example 8
   */
  readonly fullRefreshHours?: number;
  /**
   * Folder in which each user's full record is written, for you alone, before the user is deleted; a run that
   * cannot write it deletes nobody. Relative to the folder where Terraform runs. Where the variable
   * GENAUTH_DELETION_RECORD is set, that folder is used instead, with a warning.
   *
   * @default the variable GENAUTH_DELETION_RECORD, else nobody is recorded
   * @example "/var/lib/genauth/deleted"
   */
  readonly deletionRecord?: string;
  /**
   * Ids that are never deleted, whatever a set says: id type -> ids. Put your break-glass accounts here. What
   * the stack's sets declare or retain is added at synth, so that moving somebody from one set to another
   * deletes nobody.
   *
   * @default what the stack's sets declare or retain
   * @example { [UserIdType.EMAIL]: ["break-glass@corp.example"] }
   */
  readonly protectedUsers?: { [userIdType: string]: string[] };
  /**
   * Tells this provider from another one of the same stack; sets choose it by their `provider` property.
   *
   * @default the stack's default provider
   * @example "emea"
   */
  readonly alias?: string;
}

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
    const { protectedUsers = {} } = config;
    refuseNull(`${this.node.path}: protectedUsers is`, protectedUsers);
    for (const [type, ids] of Object.entries(protectedUsers)) {
      refuseNullIds(this.node.path, `protectedUsers of ${printable(type)}`, ids);
    }
    StackFiles.addProvider(TerraformStack.of(this));
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
