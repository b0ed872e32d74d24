import {
  hashMapper,
  hashMapperHcl,
  stringToHclTerraform,
  stringToTerraform,
  type TerraformMetaArguments,
  TerraformProvider,
  TerraformResource,
} from "cdktf";
import type { Construct } from "constructs";

/**
 * HashiCorp's null provider for CDK Terrain, which has no prebuilt package for it, and for other languages.
 * The build puts this file in the place of `@cdktf/provider-null`, and for CDK Terrain `cdktn` in the place
 * of `cdktf`. Same names, version and output as that package, so that a set keeps its place in the state when
 * a stack moves.
 */
const METADATA = { providerName: "null", providerVersion: "3.2.4", providerVersionConstraint: "~> 3.0" };

/** The configuration of a `NullProvider`, which needs none. */
export interface NullProviderConfig {
  /**
   * Distinguishes this provider from others of the same stack.
   *
   * @default the stack's default provider
   */
  readonly alias?: string;
}

/**
 * HashiCorp's null provider, for a `NullResourceUserSet`.
 *
 * @example new NullProvider(this, "null");
 */
export class NullProvider extends TerraformProvider {
  public static readonly tfResourceType = "null";

  public constructor(scope: Construct, id: string, config: NullProviderConfig = {}) {
    super(scope, id, {
      terraformResourceType: NullProvider.tfResourceType,
      terraformGeneratorMetadata: METADATA,
      terraformProviderSource: "null",
    });
    this.alias = config.alias;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { alias: stringToTerraform(this.alias) };
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclAttributes({ alias: [stringToHclTerraform(this.alias), "simple", "string"] });
  }
}

/** The properties of a `null_resource`. */
export interface NullResourceConfig extends TerraformMetaArguments {
  /** A change replaces the resource. */
  readonly triggers?: { [name: string]: string };
}

/** A `null_resource`, under the name that it has in `@cdktf/provider-null/lib/resource`. */
export class Resource extends TerraformResource {
  public static readonly tfResourceType = "null_resource";
  private readonly triggers: NullResourceConfig["triggers"];

  public constructor(scope: Construct, id: string, { triggers, ...config }: NullResourceConfig = {}) {
    super(scope, id, {
      ...config,
      terraformResourceType: Resource.tfResourceType,
      terraformGeneratorMetadata: METADATA,
    });
    this.triggers = triggers;
  }

  public get id(): string {
    return this.getStringAttribute("id");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { triggers: hashMapper(stringToTerraform)(this.triggers) as unknown };
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    const value: unknown = hashMapperHcl(stringToHclTerraform)(this.triggers);
    return hclAttributes({ triggers: [value, "map", "stringMap"] });
  }
}

/** Attributes in the form that the CDK's HCL writer takes; without those that are not set. */
function hclAttributes(
  attributes: Readonly<Record<string, readonly [value: unknown, type: string, storageClassType: string]>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([, [value]]) => value !== undefined)
      .map(([name, [value, type, storageClassType]]) => [
        name,
        { value, isBlock: false, type, storageClassType },
      ]),
  );
}
