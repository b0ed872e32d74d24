import { Annotations, Aspects, TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { caller } from "../caller";
import { type ExecutableSource, PLATFORMS } from "../install";
import { checkProtectedId, USER_ID_TYPES, type UserIdType } from "../users";
import {
  refuseMissingType,
  refuseOtherThanIds,
  refuseOtherCdk,
  refuseUnknownProperties,
  refuseUnknownValue,
} from "./check-declaration";
import { inheritDeletionLimits } from "./deletion-limits";
import { overrideOf } from "./framework";
import { GenauthProvider } from "./generated/provider";
import {
  type CollectedUsers,
  collectUsers,
  LEFT_OUT_WARNINGS,
  protectedBy,
  protectedUsersExpression,
  protectList,
  renderProtectedUsers,
} from "./protected-users";
import { resolve } from "./references";
import { StackFiles } from "./stack-files";
import { escapeAroundTokens, hclOutputProblem, isTemplate } from "./template-text";
import { findUserPoolProblems, nameProblem, providersOf, setsOfPool, warnOfUnnamedPools } from "./user-pools";

/**
 * How a stack connects to GenAuth. Omitted properties come from the environment of the process that runs
 * Terraform. Set credentials there, because the properties here are written to `cdk.tf.json`.
 */
export interface GenAuthProviderConfig {
  /**
   * Address of the Management API, without a trailing slash.
   *
   * @default the variable GENAUTH_HOST, else GenAuth's public cloud, https://api.genauth.ai; Authing's is
   *   https://api.authing.cn
   * @example "https://genauth.corp.example"
   */
  readonly host?: string;
  /**
   * Access key id: the user pool's id, or the id of an administrator's key.
   *
   * @default the variable GENAUTH_ACCESS_KEY_ID
   * @example accessKeyId.stringValue // a sensitive TerraformVariable
   */
  readonly accessKeyId?: string;
  /**
   * Access key secret. Plain text is refused, because synth would write it to `cdk.tf.json`. Use a sensitive
   * variable or, better, leave it out.
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
   * Calls per second of all sets of this provider together.
   *
   * @default the variable GENAUTH_REQUESTS_PER_SECOND, else 75: half of the public cloud's limit for a user
   *   pool
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
   * Folder in which all data of each user is recorded before the deletion, readable by you only. A run that
   * cannot write the record deletes nobody. Relative to the folder where Terraform runs. If the variable
   * GENAUTH_DELETION_RECORD is set, its folder is used instead, with a warning.
   *
   * @default the variable GENAUTH_DELETION_RECORD, else no record
   * @example "/var/lib/genauth/deleted"
   */
  readonly deletionRecord?: string;
  /**
   * A name for the user pool, such as `eu`, if the stack has several: lower-case letters, digits, `-`, `_`
   * and `.`. Sets of pools with different names do not protect each other, so that somebody can leave one
   * pool and stay in another. Two providers of one pool have the same name.
   *
   * @default none; the provider counts to every pool, and synth warns if hosts or key ids differ
   * @example "eu"
   */
  readonly userPoolName?: string;
  /**
   * Installs the provider as an executable, which needs no Node.js where Terraform runs: the release of the
   * same version as this package, and the platforms of the machines where Terraform runs. For a stack with
   * several providers, give it to one.
   *
   * @default the script of this package, which needs Node.js where Terraform runs
   * @example
   * const executable = { release: "releases/genauth-0.1.0", platforms: ["linux_amd64"] };
   */
  readonly executable?: ProviderExecutable;
  /**
   * Distinguishes this provider from others of the same stack. Sets choose it by their `provider` property.
   *
   * @default the stack's default provider
   * @example "emea"
   */
  readonly alias?: string;
}

/** Which executable of the provider a stack installs. */
export interface ProviderExecutable {
  /** The folder of a release. */
  readonly release: string;
  /**
   * Where Terraform runs: `linux_amd64`, `linux_arm64`, `darwin_amd64`, `darwin_arm64`.
   *
   * @default the platform of the machine that runs synth
   */
  readonly platforms?: string[];
}

const PROPERTIES: Readonly<Record<keyof GenAuthProviderConfig, true>> = {
  host: true,
  accessKeyId: true,
  accessKeySecret: true,
  tenantId: true,
  requestsPerSecond: true,
  parallelism: true,
  timeoutSeconds: true,
  maxAttempts: true,
  deletionRecord: true,
  userPoolName: true,
  executable: true,
  alias: true,
};

const PLAIN_SECRET =
  `${caller.property("accessKeySecret")} is plain text, which synth would write to cdk.tf.json. Leave it out, and set ` +
  "GENAUTH_ACCESS_KEY_SECRET where Terraform runs, or pass a sensitive TerraformVariable.";

const PROTECT =
  `${caller.property("protectedUsers")} cannot be set: synth writes it, with all users that the stack declares. To protect further accounts, ` +
  `call ${caller.property("protect")}.`;

/** Whether a value contains neither a token nor an expression. */
function isPlainText(value: string | undefined): boolean {
  return value !== undefined && !Token.isUnresolved(value) && !isTemplate(value);
}

/**
 * The connection to GenAuth for a stack's user sets. At synth, it installs the provider in the stack's
 * folder, so that only `npm install` is needed, and adds all users that the stack's sets declare to
 * `protectedUsers`.
 *
 * @example new GenAuthProvider(this, "genauth"); // credentials from the environment
 */
export class GenAuthProvider extends GenauthProvider {
  public constructor(scope: Construct, id: string, config: GenAuthProviderConfig = {}) {
    super(scope, id, config);
    const { path } = this.node;
    refuseOtherCdk(path, TerraformStack.of(this));
    const { accessKeySecret, executable } = config;
    refuseUnknownProperties(path, config, PROPERTIES);
    // Not by validation alone, which an app can skip.
    if (isPlainText(accessKeySecret)) throw new Error(`${path}: ${PLAIN_SECRET}`);
    const unusableName = nameProblem(this);
    if (unusableName !== undefined) throw new Error(`${path}: ${unusableName}`);
    if (executable !== undefined) refuseUnusableExecutable(path, executable);
    StackFiles.addProvider(TerraformStack.of(this), executable as ExecutableSource | undefined);
    inheritDeletionLimits(TerraformStack.of(this));
    this.node.addValidation({ validate: () => this.problems() });
    // CDKTF visits an aspect after all sets are created, and before it collects the warnings.
    Aspects.of(this).add({ visit: () => this.warn() });
  }

  /**
   * Protects accounts: no set deletes them, whatever it says. Add your break-glass accounts. The stack's sets
   * of this user pool protect the users that they declare or retain anyway, so moving a user from one set to
   * another deletes nobody. Repeated calls add up.
   *
   * @param ids ids, or a list token, such as another resource's attribute
   * @example provider.protect(UserIdType.EMAIL, ["break-glass@corp.example"])
   */
  public protect(userIdType: UserIdType, ids: string[]): void {
    const { path } = this.node;
    refuseUnknownValue(path, "userIdType", userIdType, USER_ID_TYPES);
    refuseMissingType(path, userIdType);
    refuseOtherThanIds(path, `the list of ${userIdType} to protect`, ids);
    // A copy: code that later empties its list does not end the protection.
    protectList(this, [userIdType, Array.isArray(ids) ? [...ids] : ids]);
  }

  /** Absent, and cannot be set: `protect` is the way to protect accounts. */
  public override get protectedUsers(): GenauthProvider["protectedUsers"] {
    return undefined;
  }

  public override set protectedUsers(_value: GenauthProvider["protectedUsers"]) {
    throw new Error(`${this.node.path}: ${PROTECT}`);
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
    const given = protectedBy(this).map(([type, ids]): [string, string[] | string] => [
      type,
      resolve(this, Token.isUnresolved(ids) ? ids : ids.map(escapeAroundTokens)) as string[] | string,
    ]);
    return collectUsers(this.cdktfStack, given, { concerns: setsOfPool(this) });
  }

  private problems(): string[] {
    const secret: unknown = overrideOf(this, "access_key_secret") ?? this.accessKeySecretInput;
    const problems = typeof secret === "string" && isPlainText(secret) ? [PLAIN_SECRET] : [];
    // An override takes the place of the users that the stack protects.
    if (overrideOf(this, "protected_users") !== undefined) problems.push(PROTECT);
    return [...problems, ...findUserPoolProblems(this), ...this.protectedUsersProblems()];
  }

  private protectedUsersProblems(): string[] {
    return protectedBy(this).flatMap(([type, ids]) => {
      const known = Token.isUnresolved(ids) ? [] : ids.filter((id) => !Token.isUnresolved(id));
      const problems = known.flatMap((id) => checkProtectedId(id, type) ?? hclOutputProblem(id) ?? []);
      return problems.map((problem) => `${caller.property("protect")}: ${problem}`);
    });
  }

  /**
   * Warns of sets that cannot be protected, and of pools without a name; only once if the stack has several
   * providers.
   */
  private warn(): void {
    if (providersOf(this)[0] !== this) return;
    for (const [set, reason] of collectUsers(this.cdktfStack, []).leftOut) {
      Annotations.of(set).addWarning(LEFT_OUT_WARNINGS[reason]);
    }
    const unnamed = warnOfUnnamedPools(this.cdktfStack);
    if (unnamed !== undefined) Annotations.of(this).addWarning(unnamed);
  }
}

const EXECUTABLE_PROPERTIES = { release: true, platforms: true } as const;

/**
 * Refuses a value of the property `executable` that synth cannot install, from plain JavaScript too.
 *
 * @param path of the construct, for the message
 * @throws Error that says what to write instead
 */
function refuseUnusableExecutable(path: string, executable: unknown): void {
  if (typeof executable !== "object" || executable === null) {
    throw new Error(
      `${path}: executable is no object. Set ${caller.property("release")} and ${caller.property("platforms")}.`,
    );
  }
  refuseUnknownProperties(`${path}: executable`, executable, EXECUTABLE_PROPERTIES);
  const { release, platforms } = executable as Partial<Record<keyof ProviderExecutable, unknown>>;
  if (typeof release !== "string" || release === "" || !isPlainText(release)) {
    throw new Error(
      `${path}: release of executable must be text that is known at synth. Set the folder of a release.`,
    );
  }
  if (platforms === undefined) return;
  if (!Array.isArray(platforms) || Token.isUnresolved(platforms)) {
    throw new Error(
      `${path}: platforms of executable must be a list that is known at synth. Set one: ${caller.list("linux_amd64")}.`,
    );
  }
  if (platforms.length === 0) {
    throw new Error(
      `${path}: platforms of executable is empty. Name where Terraform runs: ${caller.list("linux_amd64")}. Or leave it out, to install for this machine.`,
    );
  }
  for (const platform of platforms as unknown[]) {
    refuseUnknownValue(path, "platforms of executable", platform, PLATFORMS);
  }
}
