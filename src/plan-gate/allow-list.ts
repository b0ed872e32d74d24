import { PROVIDER_ADDRESS } from "../install";

/** What a plan can hold, and an owner can allow. */
export const ALLOWED_KINDS = [
  "provider",
  "resource",
  "data",
  "ephemeral",
  "action",
  "module",
  "provisioner",
] as const;

/** A kind of thing in a plan. */
export type AllowedKind = (typeof ALLOWED_KINDS)[number];

/** The registries of Terraform and OpenTofu, which a source without a host stands for. */
const REGISTRIES = ["registry.terraform.io", "registry.opentofu.org"];

/**
 * The provider that is part of the engine. Its data source reads any state, so that is not allowed by
 * default.
 */
const BUILT_IN = "terraform.io/builtin/terraform";

const NULL_PROVIDER = "hashicorp/null";

/**
 * The types that need no permission, each of one provider only. `terraform_data` holds values, and runs
 * nothing.
 */
const TYPES: readonly (readonly [kind: AllowedKind, type: string, source: string])[] = [
  ["resource", "genauth_user_set", PROVIDER_ADDRESS],
  ["data", "genauth_users", PROVIDER_ADDRESS],
  ["resource", "null_resource", NULL_PROVIDER],
  ["resource", "terraform_data", BUILT_IN],
];

/** What a plan may hold: this package's provider, its sets and their command, and what an owner adds. */
export class AllowList {
  readonly #providers = new Set([PROVIDER_ADDRESS, NULL_PROVIDER, BUILT_IN].flatMap(addressesOf));
  readonly #others = new Set<string>();

  /**
   * @param entries such as `provider=hashicorp/aws`, `resource=aws_iam_user` or
   *   `provisioner=null_resource.staff`
   * @throws Error that says how to write an entry
   */
  constructor(entries: readonly string[] = []) {
    for (const entry of entries) {
      const kind = ALLOWED_KINDS.find((known) => entry.startsWith(`${known}=`));
      const name = entry.slice(entry.indexOf("=") + 1);
      if (kind === undefined || name === "")
        throw new Error(
          `--allow ${entry} is not understood. Write ${ALLOWED_KINDS.slice(0, -1).join("=…, ")}=… or ${ALLOWED_KINDS.at(-1) ?? ""}=…, such as --allow provider=hashicorp/aws.`,
        );
      if (name.includes("*"))
        throw new Error(
          `--allow ${entry} has a wildcard, and allows one thing by its name. Write one entry for each.`,
        );
      if (kind === "provider") for (const address of addressesOf(name)) this.#providers.add(address);
      else this.#others.add(entry);
    }
  }

  /** @param address with its host */
  allowsProvider(address: string): boolean {
    return this.#providers.has(address);
  }

  /** Whether an owner has allowed something that is no provider. */
  allows(kind: AllowedKind, name: string): boolean {
    return this.#others.has(`${kind}=${name}`);
  }

  /**
   * Whether objects may have a type.
   *
   * @param provider the address of the object's provider
   */
  allowsType(kind: AllowedKind, type: string, provider: string): boolean {
    const isOwn = TYPES.some(
      ([itsKind, itsType, source]) =>
        itsKind === kind && itsType === type && addressesOf(source).includes(provider),
    );
    return isOwn || this.allows(kind, type);
  }
}

/** Whether an address is that of HashiCorp's null provider. */
export function isNullProvider(address: string): boolean {
  return addressesOf(NULL_PROVIDER).includes(address);
}

/** The provider that a name stands for if the configuration declares no source for it. */
export function impliedProvider(name: string): string {
  return name === "terraform" ? BUILT_IN : `${REGISTRIES[0] ?? ""}/hashicorp/${name}`;
}

/** The full addresses that a source stands for, on either engine. */
function addressesOf(source: string): string[] {
  const parts = source.split("/");
  if (parts.length > 2) return [source];
  const name = parts.length === 1 ? `hashicorp/${source}` : source;
  return REGISTRIES.map((registry) => `${registry}/${name}`);
}
