// generated from terraform resource schema

import { Construct } from "constructs";
import * as cdktf from "cdktf";

// Configuration

export interface UserSetConfig extends cdktf.TerraformMetaArguments {
  /**
   * Accept a new set with no user in the pool, and removals from a set in which no user was ever found. Default: `false`.
   */
  readonly allowMissingUsers?: boolean | cdktf.IResolvable;
  /**
   * Accept a plan in which `users` is not known yet although the set holds users. Nobody can then review who is deleted. Other sets may delete users, and only the apply shows that this set declares or retains them. Default: `false`.
   */
  readonly allowUnknownUsers?: boolean | cdktf.IResolvable;
  /**
   * Which ids a deletion sends to GenAuth: `declared_id`, or `user_id` for the system user ids. A system user id never passes to somebody else, so it is safe even if a declared id does so just before the deletion. Default: `declared_id`.
   */
  readonly deleteBy?: string;
  /**
   * How many users one apply may delete or suspend. If more leave, the plan fails, and so does its apply. Users who are due count, too: if they make it too many, they wait on. Default: 500.
   */
  readonly maxDeletions?: number;
  /**
   * The same limit for those who leave, in percent, from 0 to 100, of the users of the set who are in the pool. Users who are due do not count here. It holds if more than 5 people leave. Default: 20.
   */
  readonly maxDeletionsPercent?: number;
  /**
   * Ids that may leave `users` without a deletion, for example because their users move to another stack.
   */
  readonly retainedIds?: string[];
  /**
   * For how many days users who leave the set are suspended before they are deleted, from 0 to 90. If you declare a user who waits, or name the user in `protected_users` of the provider, the next apply reactivates the user, if this set suspended them. Default: `0`, which deletes at once.
   */
  readonly suspendDays?: number;
  /**
   * What the ids are, one of `user_id`, `phone`, `email`, `username`, `external_id`, `identity`, `sync_relation`. A change of it replaces the set, and that deletes nobody. Default: `user_id`.
   */
  readonly userIdType?: string;
  /**
   * Declared users: a map from id, of the type `user_id_type`, to a label for reviewers, which may be `""`. If you take an id out of the map, the next apply permanently deletes or suspends its user.
   */
  readonly users: { [key: string]: string };
}
export interface UserSetDrift {}

export function userSetDriftToTerraform(struct?: UserSetDrift): any {
  if (!cdktf.canInspect(struct) || cdktf.Tokenization.isResolvable(struct)) {
    return struct;
  }
  if (cdktf.isComplexElement(struct)) {
    throw new Error(
      "A complex element was used as configuration, this is not supported: https://cdk.tf/complex-object-as-configuration",
    );
  }
  return {};
}

export function userSetDriftToHclTerraform(struct?: UserSetDrift): any {
  if (!cdktf.canInspect(struct) || cdktf.Tokenization.isResolvable(struct)) {
    return struct;
  }
  if (cdktf.isComplexElement(struct)) {
    throw new Error(
      "A complex element was used as configuration, this is not supported: https://cdk.tf/complex-object-as-configuration",
    );
  }
  const attrs = {};
  return attrs;
}

export class UserSetDriftOutputReference extends cdktf.ComplexObject {
  private isEmptyObject = false;

  /**
   * @param terraformResource The parent resource
   * @param terraformAttribute The attribute on the parent resource this class is referencing
   */
  public constructor(terraformResource: cdktf.IInterpolatingParent, terraformAttribute: string) {
    super(terraformResource, terraformAttribute, false);
  }

  public get internalValue(): UserSetDrift | undefined {
    let hasAnyValues = this.isEmptyObject;
    const internalValueResult: any = {};
    return hasAnyValues ? internalValueResult : undefined;
  }

  public set internalValue(value: UserSetDrift | undefined) {
    if (value === undefined) {
      this.isEmptyObject = false;
    } else {
      this.isEmptyObject = Object.keys(value).length === 0;
    }
  }

  // locked_out - computed: true, optional: false, required: false
  public get lockedOut() {
    return this.getListAttribute("locked_out");
  }

  // missing - computed: true, optional: false, required: false
  public get missing() {
    return this.getListAttribute("missing");
  }

  // survivors - computed: true, optional: false, required: false
  public get survivors() {
    return this.getListAttribute("survivors");
  }
}
export interface UserSetReactivations {}

export function userSetReactivationsToTerraform(struct?: UserSetReactivations): any {
  if (!cdktf.canInspect(struct) || cdktf.Tokenization.isResolvable(struct)) {
    return struct;
  }
  if (cdktf.isComplexElement(struct)) {
    throw new Error(
      "A complex element was used as configuration, this is not supported: https://cdk.tf/complex-object-as-configuration",
    );
  }
  return {};
}

export function userSetReactivationsToHclTerraform(struct?: UserSetReactivations): any {
  if (!cdktf.canInspect(struct) || cdktf.Tokenization.isResolvable(struct)) {
    return struct;
  }
  if (cdktf.isComplexElement(struct)) {
    throw new Error(
      "A complex element was used as configuration, this is not supported: https://cdk.tf/complex-object-as-configuration",
    );
  }
  const attrs = {};
  return attrs;
}

export class UserSetReactivationsOutputReference extends cdktf.ComplexObject {
  private isEmptyObject = false;

  /**
   * @param terraformResource The parent resource
   * @param terraformAttribute The attribute on the parent resource this class is referencing
   * @param complexObjectKey the key of this item in the map
   */
  public constructor(
    terraformResource: cdktf.IInterpolatingParent,
    terraformAttribute: string,
    complexObjectKey: string,
  ) {
    super(terraformResource, terraformAttribute, false, complexObjectKey);
  }

  public get internalValue(): UserSetReactivations | undefined {
    let hasAnyValues = this.isEmptyObject;
    const internalValueResult: any = {};
    return hasAnyValues ? internalValueResult : undefined;
  }

  public set internalValue(value: UserSetReactivations | undefined) {
    if (value === undefined) {
      this.isEmptyObject = false;
    } else {
      this.isEmptyObject = Object.keys(value).length === 0;
    }
  }

  // outcome - computed: true, optional: false, required: false
  public get outcome() {
    return this.getStringAttribute("outcome");
  }

  // user_id - computed: true, optional: false, required: false
  public get userId() {
    return this.getStringAttribute("user_id");
  }
}

export class UserSetReactivationsMap extends cdktf.ComplexMap {
  /**
   * @param terraformResource The parent resource
   * @param terraformAttribute The attribute on the parent resource this class is referencing
   */
  constructor(
    protected override terraformResource: cdktf.IInterpolatingParent,
    protected override terraformAttribute: string,
  ) {
    super(terraformResource, terraformAttribute);
  }

  /**
   * @param key the key of the item to return
   */
  public get(key: string): UserSetReactivationsOutputReference {
    return new UserSetReactivationsOutputReference(this.terraformResource, this.terraformAttribute, key);
  }
}
export interface UserSetRebindings {}

export function userSetRebindingsToTerraform(struct?: UserSetRebindings): any {
  if (!cdktf.canInspect(struct) || cdktf.Tokenization.isResolvable(struct)) {
    return struct;
  }
  if (cdktf.isComplexElement(struct)) {
    throw new Error(
      "A complex element was used as configuration, this is not supported: https://cdk.tf/complex-object-as-configuration",
    );
  }
  return {};
}

export function userSetRebindingsToHclTerraform(struct?: UserSetRebindings): any {
  if (!cdktf.canInspect(struct) || cdktf.Tokenization.isResolvable(struct)) {
    return struct;
  }
  if (cdktf.isComplexElement(struct)) {
    throw new Error(
      "A complex element was used as configuration, this is not supported: https://cdk.tf/complex-object-as-configuration",
    );
  }
  const attrs = {};
  return attrs;
}

export class UserSetRebindingsOutputReference extends cdktf.ComplexObject {
  private isEmptyObject = false;

  /**
   * @param terraformResource The parent resource
   * @param terraformAttribute The attribute on the parent resource this class is referencing
   * @param complexObjectKey the key of this item in the map
   */
  public constructor(
    terraformResource: cdktf.IInterpolatingParent,
    terraformAttribute: string,
    complexObjectKey: string,
  ) {
    super(terraformResource, terraformAttribute, false, complexObjectKey);
  }

  public get internalValue(): UserSetRebindings | undefined {
    let hasAnyValues = this.isEmptyObject;
    const internalValueResult: any = {};
    return hasAnyValues ? internalValueResult : undefined;
  }

  public set internalValue(value: UserSetRebindings | undefined) {
    if (value === undefined) {
      this.isEmptyObject = false;
    } else {
      this.isEmptyObject = Object.keys(value).length === 0;
    }
  }

  // former_user_id - computed: true, optional: false, required: false
  public get formerUserId() {
    return this.getStringAttribute("former_user_id");
  }

  // user_id - computed: true, optional: false, required: false
  public get userId() {
    return this.getStringAttribute("user_id");
  }
}

export class UserSetRebindingsMap extends cdktf.ComplexMap {
  /**
   * @param terraformResource The parent resource
   * @param terraformAttribute The attribute on the parent resource this class is referencing
   */
  constructor(
    protected override terraformResource: cdktf.IInterpolatingParent,
    protected override terraformAttribute: string,
  ) {
    super(terraformResource, terraformAttribute);
  }

  /**
   * @param key the key of the item to return
   */
  public get(key: string): UserSetRebindingsOutputReference {
    return new UserSetRebindingsOutputReference(this.terraformResource, this.terraformAttribute, key);
  }
}

/**
 * Represents a genauth_user_set
 */
export class UserSet extends cdktf.TerraformResource {
  // =================
  // STATIC PROPERTIES
  // =================
  public static readonly tfResourceType = "genauth_user_set";

  // ==============
  // STATIC Methods
  // ==============
  /**
   * Generates CDKTF code for importing a UserSet resource upon running "cdktf plan <stack-name>"
   * @param scope The scope in which to define this construct
   * @param importToId The construct id used in the generated config for the UserSet to import
   * @param importFromId The id of the existing UserSet that should be imported.
   * @param provider? Optional instance of the provider where the UserSet to import is found
   */
  public static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: cdktf.TerraformProvider,
  ) {
    return new cdktf.ImportableResource(scope, importToId, {
      terraformResourceType: "genauth_user_set",
      importId: importFromId,
      provider,
    });
  }

  // ===========
  // INITIALIZER
  // ===========

  /**
   * Create a new genauth_user_set Resource
   *
   * @param scope The scope in which to define this construct
   * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
   * @param options UserSetConfig
   */
  public constructor(scope: Construct, id: string, config: UserSetConfig) {
    super(scope, id, {
      terraformResourceType: "genauth_user_set",
      terraformGeneratorMetadata: {
        providerName: "genauth",
        providerVersion: "0.1.0",
      },
      provider: config.provider,
      dependsOn: config.dependsOn,
      count: config.count,
      lifecycle: config.lifecycle,
      provisioners: config.provisioners,
      connection: config.connection,
      forEach: config.forEach,
    });
    this._allowMissingUsers = config.allowMissingUsers;
    this._allowUnknownUsers = config.allowUnknownUsers;
    this._deleteBy = config.deleteBy;
    this._maxDeletions = config.maxDeletions;
    this._maxDeletionsPercent = config.maxDeletionsPercent;
    this._retainedIds = config.retainedIds;
    this._suspendDays = config.suspendDays;
    this._userIdType = config.userIdType;
    this._users = config.users;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // allow_missing_users - computed: true, optional: true, required: false
  private _allowMissingUsers?: boolean | cdktf.IResolvable;
  public get allowMissingUsers() {
    return this.getBooleanAttribute("allow_missing_users");
  }
  public set allowMissingUsers(value: boolean | cdktf.IResolvable) {
    this._allowMissingUsers = value;
  }
  public resetAllowMissingUsers() {
    this._allowMissingUsers = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get allowMissingUsersInput() {
    return this._allowMissingUsers;
  }

  // allow_unknown_users - computed: true, optional: true, required: false
  private _allowUnknownUsers?: boolean | cdktf.IResolvable;
  public get allowUnknownUsers() {
    return this.getBooleanAttribute("allow_unknown_users");
  }
  public set allowUnknownUsers(value: boolean | cdktf.IResolvable) {
    this._allowUnknownUsers = value;
  }
  public resetAllowUnknownUsers() {
    this._allowUnknownUsers = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get allowUnknownUsersInput() {
    return this._allowUnknownUsers;
  }

  // delete_by - computed: true, optional: true, required: false
  private _deleteBy?: string;
  public get deleteBy() {
    return this.getStringAttribute("delete_by");
  }
  public set deleteBy(value: string) {
    this._deleteBy = value;
  }
  public resetDeleteBy() {
    this._deleteBy = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get deleteByInput() {
    return this._deleteBy;
  }

  // drift - computed: true, optional: false, required: false
  private _drift = new UserSetDriftOutputReference(this, "drift");
  public get drift() {
    return this._drift;
  }

  // id - computed: true, optional: false, required: false
  public get id() {
    return this.getStringAttribute("id");
  }

  // leaver_user_ids - computed: true, optional: false, required: false
  private _leaverUserIds = new cdktf.StringMap(this, "leaver_user_ids");
  public get leaverUserIds() {
    return this._leaverUserIds;
  }

  // max_deletions - computed: true, optional: true, required: false
  private _maxDeletions?: number;
  public get maxDeletions() {
    return this.getNumberAttribute("max_deletions");
  }
  public set maxDeletions(value: number) {
    this._maxDeletions = value;
  }
  public resetMaxDeletions() {
    this._maxDeletions = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get maxDeletionsInput() {
    return this._maxDeletions;
  }

  // max_deletions_percent - computed: true, optional: true, required: false
  private _maxDeletionsPercent?: number;
  public get maxDeletionsPercent() {
    return this.getNumberAttribute("max_deletions_percent");
  }
  public set maxDeletionsPercent(value: number) {
    this._maxDeletionsPercent = value;
  }
  public resetMaxDeletionsPercent() {
    this._maxDeletionsPercent = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get maxDeletionsPercentInput() {
    return this._maxDeletionsPercent;
  }

  // reactivations - computed: true, optional: false, required: false
  private _reactivations = new UserSetReactivationsMap(this, "reactivations");
  public get reactivations() {
    return this._reactivations;
  }

  // rebindings - computed: true, optional: false, required: false
  private _rebindings = new UserSetRebindingsMap(this, "rebindings");
  public get rebindings() {
    return this._rebindings;
  }

  // removals - computed: true, optional: false, required: false
  private _removals = new cdktf.StringMap(this, "removals");
  public get removals() {
    return this._removals;
  }

  // retained_ids - computed: false, optional: true, required: false
  private _retainedIds?: string[];
  public get retainedIds() {
    return cdktf.Fn.tolist(this.getListAttribute("retained_ids"));
  }
  public set retainedIds(value: string[]) {
    this._retainedIds = value;
  }
  public resetRetainedIds() {
    this._retainedIds = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get retainedIdsInput() {
    return this._retainedIds;
  }

  // suspend_days - computed: true, optional: true, required: false
  private _suspendDays?: number;
  public get suspendDays() {
    return this.getNumberAttribute("suspend_days");
  }
  public set suspendDays(value: number) {
    this._suspendDays = value;
  }
  public resetSuspendDays() {
    this._suspendDays = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get suspendDaysInput() {
    return this._suspendDays;
  }

  // suspended - computed: true, optional: false, required: false
  private _suspended = new cdktf.StringMap(this, "suspended");
  public get suspended() {
    return this._suspended;
  }

  // suspensions - computed: true, optional: false, required: false
  private _suspensions = new cdktf.StringMap(this, "suspensions");
  public get suspensions() {
    return this._suspensions;
  }

  // user_id_type - computed: true, optional: true, required: false
  private _userIdType?: string;
  public get userIdType() {
    return this.getStringAttribute("user_id_type");
  }
  public set userIdType(value: string) {
    this._userIdType = value;
  }
  public resetUserIdType() {
    this._userIdType = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get userIdTypeInput() {
    return this._userIdType;
  }

  // user_pool_name - computed: true, optional: false, required: false
  public get userPoolName() {
    return this.getStringAttribute("user_pool_name");
  }

  // users - computed: false, optional: false, required: true
  private _users?: { [key: string]: string };
  public get users() {
    return this.getStringMapAttribute("users");
  }
  public set users(value: { [key: string]: string }) {
    this._users = value;
  }
  // Temporarily expose input value. Use with caution.
  public get usersInput() {
    return this._users;
  }

  // =========
  // SYNTHESIS
  // =========

  protected override synthesizeAttributes(): { [name: string]: any } {
    return {
      allow_missing_users: cdktf.booleanToTerraform(this._allowMissingUsers),
      allow_unknown_users: cdktf.booleanToTerraform(this._allowUnknownUsers),
      delete_by: cdktf.stringToTerraform(this._deleteBy),
      max_deletions: cdktf.numberToTerraform(this._maxDeletions),
      max_deletions_percent: cdktf.numberToTerraform(this._maxDeletionsPercent),
      retained_ids: cdktf.listMapper(cdktf.stringToTerraform, false)(this._retainedIds),
      suspend_days: cdktf.numberToTerraform(this._suspendDays),
      user_id_type: cdktf.stringToTerraform(this._userIdType),
      users: cdktf.hashMapper(cdktf.stringToTerraform)(this._users),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      allow_missing_users: {
        value: cdktf.booleanToHclTerraform(this._allowMissingUsers),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      allow_unknown_users: {
        value: cdktf.booleanToHclTerraform(this._allowUnknownUsers),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      delete_by: {
        value: cdktf.stringToHclTerraform(this._deleteBy),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      max_deletions: {
        value: cdktf.numberToHclTerraform(this._maxDeletions),
        isBlock: false,
        type: "simple",
        storageClassType: "number",
      },
      max_deletions_percent: {
        value: cdktf.numberToHclTerraform(this._maxDeletionsPercent),
        isBlock: false,
        type: "simple",
        storageClassType: "number",
      },
      retained_ids: {
        value: cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)(this._retainedIds),
        isBlock: false,
        type: "set",
        storageClassType: "stringList",
      },
      suspend_days: {
        value: cdktf.numberToHclTerraform(this._suspendDays),
        isBlock: false,
        type: "simple",
        storageClassType: "number",
      },
      user_id_type: {
        value: cdktf.stringToHclTerraform(this._userIdType),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      users: {
        value: cdktf.hashMapperHcl(cdktf.stringToHclTerraform)(this._users),
        isBlock: false,
        type: "map",
        storageClassType: "stringMap",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(
      Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined),
    );
  }
}
