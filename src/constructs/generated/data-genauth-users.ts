// generated from terraform resource schema

import { Construct } from "constructs";
import * as cdktf from "cdktf";

// Configuration

export interface DataGenauthUsersConfig extends cdktf.TerraformMetaArguments {
  /**
   * Ids of the users to read, of the type `user_id_type`. Default: everybody. As a result, the ids of the users who were found, sorted.
   */
  readonly ids?: string[];
  /**
   * With `ids`, leave out ids that name nobody. Otherwise, they are an error. Default: `false`.
   */
  readonly ignoreMissing?: boolean | cdktf.IResolvable;
  /**
   * What the ids are, as arguments and as results, one of `user_id`, `phone`, `email`, `username`, `external_id`, `identity`, `sync_relation`. Without `ids`, a user who has no such id is an error, and `identity` and `sync_relation` are refused. Default: `user_id`.
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
    this._ids = config.ids;
    this._ignoreMissing = config.ignoreMissing;
    this._userIdType = config.userIdType;
    this._withDetails = config.withDetails;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // details - computed: true, optional: false, required: false
  private _details = new DataGenauthUsersDetailsMap(this, "details");
  public get details() {
    return this._details;
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
      ids: cdktf.listMapper(cdktf.stringToTerraform, false)(this._ids),
      ignore_missing: cdktf.booleanToTerraform(this._ignoreMissing),
      user_id_type: cdktf.stringToTerraform(this._userIdType),
      with_details: cdktf.booleanToTerraform(this._withDetails),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
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
