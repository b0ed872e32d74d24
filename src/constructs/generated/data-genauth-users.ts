// generated from terraform resource schema

import { Construct } from "constructs";
import * as cdktf from "cdktf";

// Configuration

export interface DataGenauthUsersConfig extends cdktf.TerraformMetaArguments {
  /**
   * Filter: only users who were created before this time (RFC 3339).
   */
  readonly createdBefore?: string;
  /**
   * Filter: only members of this department, or of the whole organization with `root`. Needs `organization_code`.
   */
  readonly departmentId?: string;
  /**
   * Filter: only users with an e-mail address of this domain, such as `example.com`. Upper and lower case are alike; subdomains are other domains.
   */
  readonly emailDomain?: string;
  /**
   * With filters, the `extIdpId` of the ids of type `identity`, or the provider of those of `sync_relation`. Required there, because a user may have several.
   */
  readonly identitySource?: string;
  /**
   * Ids of the users to read, of the type `user_id_type`. Not together with a filter. As a result, the ids of the users who were found, sorted.
   */
  readonly ids?: string[];
  /**
   * With `ids`, leave out ids that name nobody, which are otherwise an error. Default: `false`.
   */
  readonly ignoreMissing?: boolean | cdktf.IResolvable;
  /**
   * With `department_id`, also members of the departments below it. Default: `false`, as in GenAuth.
   */
  readonly includeChildDepartments?: boolean | cdktf.IResolvable;
  /**
   * With a time in `last_login_before`, also users who have never logged in. Use `created_before` too, or it finds accounts that were created a moment ago. Default: `false`.
   */
  readonly includeNeverLoggedIn?: boolean | cdktf.IResolvable;
  /**
   * Filter: only users whose last log-in was before this time (RFC 3339), such as `2026-05-30T00:00:00Z`. `"never"` selects those who have never logged in.
   */
  readonly lastLoginBefore?: string;
  /**
   * Code of the organization in which `department_id` is.
   */
  readonly organizationCode?: string;
  /**
   * Filter: only users of this status, `Activated` or `Suspended`.
   */
  readonly status?: string;
  /**
   * What the ids are, as arguments and as results, one of `user_id`, `phone`, `email`, `username`, `external_id`, `identity`, `sync_relation`. A user who is found by a filter and has no such id is an error. Default: `user_id`.
   */
  readonly userIdType?: string;
  /**
   * Whether to fill `details`. The state then holds more personal data. Default: `false`.
   */
  readonly withDetails?: boolean | cdktf.IResolvable;
}
export interface DataGenauthUsersDetails {}

export function dataGenauthUsersDetailsToTerraform(struct?: DataGenauthUsersDetails): any {
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

export function dataGenauthUsersDetailsToHclTerraform(struct?: DataGenauthUsersDetails): any {
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

export class DataGenauthUsersDetailsOutputReference extends cdktf.ComplexObject {
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

  public get internalValue(): DataGenauthUsersDetails | undefined {
    let hasAnyValues = this.isEmptyObject;
    const internalValueResult: any = {};
    return hasAnyValues ? internalValueResult : undefined;
  }

  public set internalValue(value: DataGenauthUsersDetails | undefined) {
    if (value === undefined) {
      this.isEmptyObject = false;
    } else {
      this.isEmptyObject = Object.keys(value).length === 0;
    }
  }

  // created_at - computed: true, optional: false, required: false
  public get createdAt() {
    return this.getStringAttribute("created_at");
  }

  // email - computed: true, optional: false, required: false
  public get email() {
    return this.getStringAttribute("email");
  }

  // external_id - computed: true, optional: false, required: false
  public get externalId() {
    return this.getStringAttribute("external_id");
  }

  // last_login - computed: true, optional: false, required: false
  public get lastLogin() {
    return this.getStringAttribute("last_login");
  }

  // phone - computed: true, optional: false, required: false
  public get phone() {
    return this.getStringAttribute("phone");
  }

  // status - computed: true, optional: false, required: false
  public get status() {
    return this.getStringAttribute("status");
  }

  // user_id - computed: true, optional: false, required: false
  public get userId() {
    return this.getStringAttribute("user_id");
  }

  // username - computed: true, optional: false, required: false
  public get username() {
    return this.getStringAttribute("username");
  }
}

export class DataGenauthUsersDetailsMap extends cdktf.ComplexMap {
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
  public get(key: string): DataGenauthUsersDetailsOutputReference {
    return new DataGenauthUsersDetailsOutputReference(this.terraformResource, this.terraformAttribute, key);
  }
}

/**
 * Represents a genauth_users
 */
export class DataGenauthUsers extends cdktf.TerraformDataSource {
  // =================
  // STATIC PROPERTIES
  // =================
  public static readonly tfResourceType = "genauth_users";

  // ==============
  // STATIC Methods
  // ==============
  /**
   * Generates CDKTF code for importing a DataGenauthUsers resource upon running "cdktf plan <stack-name>"
   * @param scope The scope in which to define this construct
   * @param importToId The construct id used in the generated config for the DataGenauthUsers to import
   * @param importFromId The id of the existing DataGenauthUsers that should be imported.
   * @param provider? Optional instance of the provider where the DataGenauthUsers to import is found
   */
  public static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: cdktf.TerraformProvider,
  ) {
    return new cdktf.ImportableResource(scope, importToId, {
      terraformResourceType: "genauth_users",
      importId: importFromId,
      provider,
    });
  }

  // ===========
  // INITIALIZER
  // ===========

  /**
   * Create a new genauth_users Data Source
   *
   * @param scope The scope in which to define this construct
   * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
   * @param options DataGenauthUsersConfig = {}
   */
  public constructor(scope: Construct, id: string, config: DataGenauthUsersConfig = {}) {
    super(scope, id, {
      terraformResourceType: "genauth_users",
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
    this._createdBefore = config.createdBefore;
    this._departmentId = config.departmentId;
    this._emailDomain = config.emailDomain;
    this._identitySource = config.identitySource;
    this._ids = config.ids;
    this._ignoreMissing = config.ignoreMissing;
    this._includeChildDepartments = config.includeChildDepartments;
    this._includeNeverLoggedIn = config.includeNeverLoggedIn;
    this._lastLoginBefore = config.lastLoginBefore;
    this._organizationCode = config.organizationCode;
    this._status = config.status;
    this._userIdType = config.userIdType;
    this._withDetails = config.withDetails;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // created_before - computed: false, optional: true, required: false
  private _createdBefore?: string;
  public get createdBefore() {
    return this.getStringAttribute("created_before");
  }
  public set createdBefore(value: string) {
    this._createdBefore = value;
  }
  public resetCreatedBefore() {
    this._createdBefore = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get createdBeforeInput() {
    return this._createdBefore;
  }

  // department_id - computed: false, optional: true, required: false
  private _departmentId?: string;
  public get departmentId() {
    return this.getStringAttribute("department_id");
  }
  public set departmentId(value: string) {
    this._departmentId = value;
  }
  public resetDepartmentId() {
    this._departmentId = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get departmentIdInput() {
    return this._departmentId;
  }

  // details - computed: true, optional: false, required: false
  private _details = new DataGenauthUsersDetailsMap(this, "details");
  public get details() {
    return this._details;
  }

  // email_domain - computed: false, optional: true, required: false
  private _emailDomain?: string;
  public get emailDomain() {
    return this.getStringAttribute("email_domain");
  }
  public set emailDomain(value: string) {
    this._emailDomain = value;
  }
  public resetEmailDomain() {
    this._emailDomain = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get emailDomainInput() {
    return this._emailDomain;
  }

  // identity_source - computed: false, optional: true, required: false
  private _identitySource?: string;
  public get identitySource() {
    return this.getStringAttribute("identity_source");
  }
  public set identitySource(value: string) {
    this._identitySource = value;
  }
  public resetIdentitySource() {
    this._identitySource = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get identitySourceInput() {
    return this._identitySource;
  }

  // ids - computed: true, optional: true, required: false
  private _ids?: string[];
  public get ids() {
    return this.getListAttribute("ids");
  }
  public set ids(value: string[]) {
    this._ids = value;
  }
  public resetIds() {
    this._ids = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get idsInput() {
    return this._ids;
  }

  // ignore_missing - computed: true, optional: true, required: false
  private _ignoreMissing?: boolean | cdktf.IResolvable;
  public get ignoreMissing() {
    return this.getBooleanAttribute("ignore_missing");
  }
  public set ignoreMissing(value: boolean | cdktf.IResolvable) {
    this._ignoreMissing = value;
  }
  public resetIgnoreMissing() {
    this._ignoreMissing = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get ignoreMissingInput() {
    return this._ignoreMissing;
  }

  // include_child_departments - computed: true, optional: true, required: false
  private _includeChildDepartments?: boolean | cdktf.IResolvable;
  public get includeChildDepartments() {
    return this.getBooleanAttribute("include_child_departments");
  }
  public set includeChildDepartments(value: boolean | cdktf.IResolvable) {
    this._includeChildDepartments = value;
  }
  public resetIncludeChildDepartments() {
    this._includeChildDepartments = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get includeChildDepartmentsInput() {
    return this._includeChildDepartments;
  }

  // include_never_logged_in - computed: true, optional: true, required: false
  private _includeNeverLoggedIn?: boolean | cdktf.IResolvable;
  public get includeNeverLoggedIn() {
    return this.getBooleanAttribute("include_never_logged_in");
  }
  public set includeNeverLoggedIn(value: boolean | cdktf.IResolvable) {
    this._includeNeverLoggedIn = value;
  }
  public resetIncludeNeverLoggedIn() {
    this._includeNeverLoggedIn = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get includeNeverLoggedInInput() {
    return this._includeNeverLoggedIn;
  }

  // last_login_before - computed: false, optional: true, required: false
  private _lastLoginBefore?: string;
  public get lastLoginBefore() {
    return this.getStringAttribute("last_login_before");
  }
  public set lastLoginBefore(value: string) {
    this._lastLoginBefore = value;
  }
  public resetLastLoginBefore() {
    this._lastLoginBefore = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get lastLoginBeforeInput() {
    return this._lastLoginBefore;
  }

  // organization_code - computed: false, optional: true, required: false
  private _organizationCode?: string;
  public get organizationCode() {
    return this.getStringAttribute("organization_code");
  }
  public set organizationCode(value: string) {
    this._organizationCode = value;
  }
  public resetOrganizationCode() {
    this._organizationCode = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get organizationCodeInput() {
    return this._organizationCode;
  }

  // status - computed: false, optional: true, required: false
  private _status?: string;
  public get status() {
    return this.getStringAttribute("status");
  }
  public set status(value: string) {
    this._status = value;
  }
  public resetStatus() {
    this._status = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get statusInput() {
    return this._status;
  }

  // user_count - computed: true, optional: false, required: false
  public get userCount() {
    return this.getNumberAttribute("user_count");
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

  // users - computed: true, optional: false, required: false
  private _users = new cdktf.StringMap(this, "users");
  public get users() {
    return this._users;
  }

  // with_details - computed: true, optional: true, required: false
  private _withDetails?: boolean | cdktf.IResolvable;
  public get withDetails() {
    return this.getBooleanAttribute("with_details");
  }
  public set withDetails(value: boolean | cdktf.IResolvable) {
    this._withDetails = value;
  }
  public resetWithDetails() {
    this._withDetails = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get withDetailsInput() {
    return this._withDetails;
  }

  // =========
  // SYNTHESIS
  // =========

  protected override synthesizeAttributes(): { [name: string]: any } {
    return {
      created_before: cdktf.stringToTerraform(this._createdBefore),
      department_id: cdktf.stringToTerraform(this._departmentId),
      email_domain: cdktf.stringToTerraform(this._emailDomain),
      identity_source: cdktf.stringToTerraform(this._identitySource),
      ids: cdktf.listMapper(cdktf.stringToTerraform, false)(this._ids),
      ignore_missing: cdktf.booleanToTerraform(this._ignoreMissing),
      include_child_departments: cdktf.booleanToTerraform(this._includeChildDepartments),
      include_never_logged_in: cdktf.booleanToTerraform(this._includeNeverLoggedIn),
      last_login_before: cdktf.stringToTerraform(this._lastLoginBefore),
      organization_code: cdktf.stringToTerraform(this._organizationCode),
      status: cdktf.stringToTerraform(this._status),
      user_id_type: cdktf.stringToTerraform(this._userIdType),
      with_details: cdktf.booleanToTerraform(this._withDetails),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      created_before: {
        value: cdktf.stringToHclTerraform(this._createdBefore),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      department_id: {
        value: cdktf.stringToHclTerraform(this._departmentId),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      email_domain: {
        value: cdktf.stringToHclTerraform(this._emailDomain),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      identity_source: {
        value: cdktf.stringToHclTerraform(this._identitySource),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      ids: {
        value: cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)(this._ids),
        isBlock: false,
        type: "list",
        storageClassType: "stringList",
      },
      ignore_missing: {
        value: cdktf.booleanToHclTerraform(this._ignoreMissing),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      include_child_departments: {
        value: cdktf.booleanToHclTerraform(this._includeChildDepartments),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      include_never_logged_in: {
        value: cdktf.booleanToHclTerraform(this._includeNeverLoggedIn),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
      last_login_before: {
        value: cdktf.stringToHclTerraform(this._lastLoginBefore),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      organization_code: {
        value: cdktf.stringToHclTerraform(this._organizationCode),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      status: {
        value: cdktf.stringToHclTerraform(this._status),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      user_id_type: {
        value: cdktf.stringToHclTerraform(this._userIdType),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      with_details: {
        value: cdktf.booleanToHclTerraform(this._withDetails),
        isBlock: false,
        type: "simple",
        storageClassType: "boolean",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(
      Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined),
    );
  }
}
