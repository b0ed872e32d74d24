// generated from terraform resource schema

import { Construct } from "constructs";
import * as cdktf from "cdktf";

// Configuration

export interface GenauthProviderConfig {
  /**
   * Id of the access key: the user pool's id, or an administrator's key. Environment variable: `GENAUTH_ACCESS_KEY_ID`.
   */
  readonly accessKeyId?: string;
  /**
   * Secret of the access key. Set `GENAUTH_ACCESS_KEY_SECRET` instead, so that no file and no plan holds it.
   */
  readonly accessKeySecret?: string;
  /**
   * Folder for records. Before a user is deleted, the full record of the user is written there; before a suspension, the ids and the status. If that cannot be written, the run deletes and suspends nobody. Default: no records. Environment variable, which takes precedence: `GENAUTH_DELETION_RECORD`.
   */
  readonly deletionRecord?: string;
  /**
   * Address of the Management API, without a path. Plain HTTP is accepted only for a loopback address. Environment variable: `GENAUTH_HOST`. Default: `https://api.genauth.ai`. Authing's is `https://api.authing.cn`.
   */
  readonly host?: string;
  /**
   * Attempts for one call before it counts as failed. Environment variable: `GENAUTH_MAX_ATTEMPTS`. Default: 6.
   */
  readonly maxAttempts?: number;
  /**
   * Calls in flight at the same time. Environment variable: `GENAUTH_PARALLELISM`. Default: 8.
   */
  readonly parallelism?: number;
  /**
   * Ids that are never deleted, even if they leave a set: a map from id type to ids. The types are `user_id`, `phone`, `email`, `username`, `external_id`, `identity`, `sync_relation`. `*@contractors.example` in the set of `email` means everybody of that e-mail domain. Put your break-glass accounts here. A plan in which somebody's account ends warns of ids that nobody in the pool has. A CDKTF stack adds all users that its sets of the pool declare.
   */
  readonly protectedUsers?: { [key: string]: string[] } | cdktf.IResolvable;
  /**
   * Calls per second of all sets of this configuration together. GenAuth allows a pool 150, including those of your applications. Environment variable: `GENAUTH_REQUESTS_PER_SECOND`. Default: 75.
   */
  readonly requestsPerSecond?: number;
  /**
   * Tenant to act in, for pools with tenants. Environment variable: `GENAUTH_TENANT_ID`.
   */
  readonly tenantId?: string;
  /**
   * Longest wait for the response to one call, in seconds. Environment variable: `GENAUTH_TIMEOUT_SECONDS`. Default: 30.
   */
  readonly timeoutSeconds?: number;
  /**
   * Your name for the user pool, for example `eu`. Give one if the configuration has several pools. It has lower-case letters, digits, `-`, `_` and `.`. It keeps the pools apart in reports, the guard and `drift`.
   */
  readonly userPoolName?: string;
  /**
   * Alias name
   */
  readonly alias?: string;
}

/**
 * Represents a genauth
 *
 * @jsii ignore
 */
export class GenauthProvider extends cdktf.TerraformProvider {
  // =================
  // STATIC PROPERTIES
  // =================
  public static readonly tfResourceType = "genauth";

  // ==============
  // STATIC Methods
  // ==============
  /**
   * Generates CDKTF code for importing a GenauthProvider resource upon running "cdktf plan <stack-name>"
   * @param scope The scope in which to define this construct
   * @param importToId The construct id used in the generated config for the GenauthProvider to import
   * @param importFromId The id of the existing GenauthProvider that should be imported.
   * @param provider? Optional instance of the provider where the GenauthProvider to import is found
   */
  public static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: cdktf.TerraformProvider,
  ) {
    return new cdktf.ImportableResource(scope, importToId, {
      terraformResourceType: "genauth",
      importId: importFromId,
      provider,
    });
  }

  // ===========
  // INITIALIZER
  // ===========

  /**
   * Create a new genauth Resource
   *
   * @param scope The scope in which to define this construct
   * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
   * @param options GenauthProviderConfig = {}
   */
  public constructor(scope: Construct, id: string, config: GenauthProviderConfig = {}) {
    super(scope, id, {
      terraformResourceType: "genauth",
      terraformGeneratorMetadata: {
        providerName: "genauth",
        providerVersion: "0.1.0",
      },
      terraformProviderSource: "terraform.local/genauth/genauth",
    });
    this._accessKeyId = config.accessKeyId;
    this._accessKeySecret = config.accessKeySecret;
    this._deletionRecord = config.deletionRecord;
    this._host = config.host;
    this._maxAttempts = config.maxAttempts;
    this._parallelism = config.parallelism;
    this._protectedUsers = config.protectedUsers;
    this._requestsPerSecond = config.requestsPerSecond;
    this._tenantId = config.tenantId;
    this._timeoutSeconds = config.timeoutSeconds;
    this._userPoolName = config.userPoolName;
    this._alias = config.alias;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // access_key_id - computed: false, optional: true, required: false
  private _accessKeyId?: string;
  public get accessKeyId() {
    return this._accessKeyId;
  }
  public set accessKeyId(value: string | undefined) {
    this._accessKeyId = value;
  }
  public resetAccessKeyId() {
    this._accessKeyId = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get accessKeyIdInput() {
    return this._accessKeyId;
  }

  // access_key_secret - computed: false, optional: true, required: false
  private _accessKeySecret?: string;
  public get accessKeySecret() {
    return this._accessKeySecret;
  }
  public set accessKeySecret(value: string | undefined) {
    this._accessKeySecret = value;
  }
  public resetAccessKeySecret() {
    this._accessKeySecret = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get accessKeySecretInput() {
    return this._accessKeySecret;
  }

  // deletion_record - computed: false, optional: true, required: false
  private _deletionRecord?: string;
  public get deletionRecord() {
    return this._deletionRecord;
  }
  public set deletionRecord(value: string | undefined) {
    this._deletionRecord = value;
  }
  public resetDeletionRecord() {
    this._deletionRecord = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get deletionRecordInput() {
    return this._deletionRecord;
  }

  // host - computed: false, optional: true, required: false
  private _host?: string;
  public get host() {
    return this._host;
  }
  public set host(value: string | undefined) {
    this._host = value;
  }
  public resetHost() {
    this._host = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get hostInput() {
    return this._host;
  }

  // max_attempts - computed: false, optional: true, required: false
  private _maxAttempts?: number;
  public get maxAttempts() {
    return this._maxAttempts;
  }
  public set maxAttempts(value: number | undefined) {
    this._maxAttempts = value;
  }
  public resetMaxAttempts() {
    this._maxAttempts = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get maxAttemptsInput() {
    return this._maxAttempts;
  }

  // parallelism - computed: false, optional: true, required: false
  private _parallelism?: number;
  public get parallelism() {
    return this._parallelism;
  }
  public set parallelism(value: number | undefined) {
    this._parallelism = value;
  }
  public resetParallelism() {
    this._parallelism = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get parallelismInput() {
    return this._parallelism;
  }

  // protected_users - computed: false, optional: true, required: false
  private _protectedUsers?: { [key: string]: string[] } | cdktf.IResolvable;
  public get protectedUsers() {
    return this._protectedUsers;
  }
  public set protectedUsers(value: { [key: string]: string[] } | cdktf.IResolvable | undefined) {
    this._protectedUsers = value;
  }
  public resetProtectedUsers() {
    this._protectedUsers = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get protectedUsersInput() {
    return this._protectedUsers;
  }

  // requests_per_second - computed: false, optional: true, required: false
  private _requestsPerSecond?: number;
  public get requestsPerSecond() {
    return this._requestsPerSecond;
  }
  public set requestsPerSecond(value: number | undefined) {
    this._requestsPerSecond = value;
  }
  public resetRequestsPerSecond() {
    this._requestsPerSecond = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get requestsPerSecondInput() {
    return this._requestsPerSecond;
  }

  // tenant_id - computed: false, optional: true, required: false
  private _tenantId?: string;
  public get tenantId() {
    return this._tenantId;
  }
  public set tenantId(value: string | undefined) {
    this._tenantId = value;
  }
  public resetTenantId() {
    this._tenantId = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get tenantIdInput() {
    return this._tenantId;
  }

  // timeout_seconds - computed: false, optional: true, required: false
  private _timeoutSeconds?: number;
  public get timeoutSeconds() {
    return this._timeoutSeconds;
  }
  public set timeoutSeconds(value: number | undefined) {
    this._timeoutSeconds = value;
  }
  public resetTimeoutSeconds() {
    this._timeoutSeconds = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get timeoutSecondsInput() {
    return this._timeoutSeconds;
  }

  // user_pool_name - computed: false, optional: true, required: false
  private _userPoolName?: string;
  public get userPoolName() {
    return this._userPoolName;
  }
  public set userPoolName(value: string | undefined) {
    this._userPoolName = value;
  }
  public resetUserPoolName() {
    this._userPoolName = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get userPoolNameInput() {
    return this._userPoolName;
  }

  // alias - computed: false, optional: true, required: false
  private _alias?: string;
  public override get alias() {
    return this._alias;
  }
  public override set alias(value: string | undefined) {
    this._alias = value;
  }
  public resetAlias() {
    this._alias = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get aliasInput() {
    return this._alias;
  }

  // =========
  // SYNTHESIS
  // =========

  protected override synthesizeAttributes(): { [name: string]: any } {
    return {
      access_key_id: cdktf.stringToTerraform(this._accessKeyId),
      access_key_secret: cdktf.stringToTerraform(this._accessKeySecret),
      deletion_record: cdktf.stringToTerraform(this._deletionRecord),
      host: cdktf.stringToTerraform(this._host),
      max_attempts: cdktf.numberToTerraform(this._maxAttempts),
      parallelism: cdktf.numberToTerraform(this._parallelism),
      protected_users: cdktf.hashMapper(cdktf.listMapper(cdktf.stringToTerraform, false))(
        this._protectedUsers,
      ),
      requests_per_second: cdktf.numberToTerraform(this._requestsPerSecond),
      tenant_id: cdktf.stringToTerraform(this._tenantId),
      timeout_seconds: cdktf.numberToTerraform(this._timeoutSeconds),
      user_pool_name: cdktf.stringToTerraform(this._userPoolName),
      alias: cdktf.stringToTerraform(this._alias),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      access_key_id: {
        value: cdktf.stringToHclTerraform(this._accessKeyId),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      access_key_secret: {
        value: cdktf.stringToHclTerraform(this._accessKeySecret),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      deletion_record: {
        value: cdktf.stringToHclTerraform(this._deletionRecord),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      host: {
        value: cdktf.stringToHclTerraform(this._host),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      max_attempts: {
        value: cdktf.numberToHclTerraform(this._maxAttempts),
        isBlock: false,
        type: "simple",
        storageClassType: "number",
      },
      parallelism: {
        value: cdktf.numberToHclTerraform(this._parallelism),
        isBlock: false,
        type: "simple",
        storageClassType: "number",
      },
      protected_users: {
        value: cdktf.hashMapperHcl(cdktf.listMapperHcl(cdktf.stringToHclTerraform, false))(
          this._protectedUsers,
        ),
        isBlock: false,
        type: "map",
        storageClassType: "stringListMap",
      },
      requests_per_second: {
        value: cdktf.numberToHclTerraform(this._requestsPerSecond),
        isBlock: false,
        type: "simple",
        storageClassType: "number",
      },
      tenant_id: {
        value: cdktf.stringToHclTerraform(this._tenantId),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      timeout_seconds: {
        value: cdktf.numberToHclTerraform(this._timeoutSeconds),
        isBlock: false,
        type: "simple",
        storageClassType: "number",
      },
      user_pool_name: {
        value: cdktf.stringToHclTerraform(this._userPoolName),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      alias: {
        value: cdktf.stringToHclTerraform(this._alias),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(
      Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined),
    );
  }
}
