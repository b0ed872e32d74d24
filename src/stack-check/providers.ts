import { PROVIDER_ADDRESS } from "../install";
import { type Body, NotUnderstoodError, type BodyValue } from "./body";

/** The provider that is part of the engine. */
export const BUILT_IN = "terraform.io/builtin/terraform";

/** The registries of Terraform and OpenTofu, which a source without a host stands for. */
const REGISTRIES = ["registry.terraform.io", "registry.opentofu.org"];

const NULL_PROVIDER = "hashicorp/null";

const ALWAYS_ALLOWED = [PROVIDER_ADDRESS, NULL_PROVIDER];

/** The providers of one module, by the names that its blocks use. */
export class Providers {
  /** Name to source. */
  readonly #sources = new Map<string, string>();
  readonly #allowed: ReadonlySet<string>;

  /** @param allowed sources that the operator allows, such as `hashicorp/aws` */
  constructor(allowed: readonly string[]) {
    this.#allowed = new Set([...ALWAYS_ALLOWED, ...allowed].flatMap(addressesOf));
  }

  /**
   * Reads a `required_providers` block.
   *
   * @returns the problems, with their lines
   * @throws NotUnderstoodError
   */
  require(body: Body): { readonly line: number; readonly problem: string }[] {
    return body.names.flatMap(({ name, line }) => {
      const source = sourceOf(name, body.attribute(name), line);
      const known = this.#sources.get(name) ?? source;
      this.#sources.set(name, source);
      if (known !== source) return [{ line, problem: `Two sources are declared for the provider ${name}.` }];
      return this.#isAllowed(source) || source === BUILT_IN ? [] : [{ line, problem: notAllowed(source) }];
    });
  }

  /** The problem with a provider that a block uses by its name; undefined if it is allowed. */
  problemOf(name: string): string | undefined {
    return this.problemOfSource(this.sourceOf(name));
  }

  /** As `problemOf`, for a source such as `registry.terraform.io/hashicorp/null`. */
  problemOfSource(source: string): string | undefined {
    return this.#isAllowed(source) ? undefined : notAllowed(source);
  }

  /** Whether a name stands for HashiCorp's null provider. */
  isNull(name: string): boolean {
    const known = addressesOf(NULL_PROVIDER);
    return addressesOf(this.sourceOf(name)).every((address) => known.includes(address));
  }

  /** The source for a name. Without a declaration, an engine takes HashiCorp's provider of that name. */
  sourceOf(name: string): string {
    return this.#sources.get(name) ?? (name === "terraform" ? BUILT_IN : `hashicorp/${name}`);
  }

  #isAllowed(source: string): boolean {
    return addressesOf(source).every((address) => this.#allowed.has(address));
  }
}

function notAllowed(source: string): string {
  return `The provider ${source} is a program, and nobody allowed it. If it is meant, run the check with --allow-provider ${source}.`;
}

function sourceOf(name: string, value: BodyValue | undefined, line: number): string {
  const implied = `hashicorp/${name}`;
  if (value?.literal !== undefined) return implied;
  const entries = value?.entries?.();
  if (!entries)
    throw new NotUnderstoodError(`declares the provider ${name} in a way that is not a literal`, line);
  const source = entries.attribute("source");
  if (source === undefined) return implied;
  if (source.literal === undefined)
    throw new NotUnderstoodError(`declares the source of the provider ${name} not as a literal`, source.line);
  return source.literal;
}

/** The full addresses that a source stands for, on either engine. */
function addressesOf(source: string): string[] {
  const parts = source.split("/");
  if (parts.length > 2) return [source];
  const name = parts.length === 1 ? `hashicorp/${source}` : source;
  return REGISTRIES.map((registry) => `${registry}/${name}`);
}
