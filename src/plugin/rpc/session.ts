import type { ProviderDefinition, ResourceDefinition } from "../definition";
import { error, type Diagnostic } from "../diagnostic";
import type { Logger } from "../log";
import type { Schema } from "../types";
import { DiagnosticError } from "./failure";

/** A provider whose own types are of no concern to the protocol. */
export type AnyProvider = ProviderDefinition<Schema, unknown>;
export type AnyResource = ResourceDefinition<Schema, unknown>;

/** One process's dealings with Terraform: the provider, and what its configuration made. */
export class Session {
  readonly provider: AnyProvider;
  readonly log: Logger;
  #configured: { readonly context: unknown } | undefined;

  constructor(provider: AnyProvider, log: Logger) {
    this.provider = provider;
    this.log = log;
  }

  /** The resource of a type. @throws DiagnosticError where the provider has none */
  resource(typeName: string | undefined): AnyResource {
    const resource =
      typeName !== undefined && Object.hasOwn(this.provider.resources, typeName)
        ? this.provider.resources[typeName]
        : undefined;
    if (resource) return resource;
    throw new DiagnosticError(
      error(
        `There is no resource type ${typeName ?? ""}`,
        `The ${this.provider.name} provider ${this.provider.version} has ${Object.keys(this.provider.resources).join(", ")}.`,
      ),
    );
  }

  /** Keeps what `configure` made, unless it failed. */
  configured(result: { readonly context?: unknown; readonly diagnostics: readonly Diagnostic[] }): void {
    if (result.diagnostics.some(({ severity }) => severity === "error")) return;
    this.#configured = { context: result.context };
  }

  /** What `configure` made. @throws DiagnosticError where the provider is not configured */
  context(): unknown {
    if (this.#configured) return this.#configured.context;
    throw new DiagnosticError(
      error(
        `The ${this.provider.name} provider is not configured`,
        "Terraform asked for an operation before the provider had a configuration that it could use.",
      ),
    );
  }
}
