import { printable, printableLines } from "../text";
import type { DataSourceDefinition, ProviderDefinition, ResourceDefinition, Schema } from "./definition";
import {
  DiagnosticError,
  error,
  pathText,
  ValueError,
  type AttributePath,
  type Diagnostic,
  type PathStep,
} from "./diagnostic";
import { stackFrames, type Logger } from "./log";
import type { ProtocolMessage } from "./protocol-messages";

/** A provider, a resource and a data source of any schema, with any context. */
export type AnyProvider = ProviderDefinition<Schema, unknown>;
export type AnyResource = ResourceDefinition<Schema, unknown>;
type AnyDataSource = DataSourceDefinition<Schema, unknown>;

interface Response {
  readonly diagnostics?: readonly ProtocolMessage<"Diagnostic">[];
}

/** The state that the calls of one process share: the provider, its log, and its configured context. */
export class Session {
  readonly provider: AnyProvider;
  readonly log: Logger;
  #configured: { readonly context: unknown } | undefined;
  /** The details of the warnings of this process, by their summary. */
  readonly #warned = new Map<string, Set<string>>();

  constructor(provider: AnyProvider, log: Logger) {
    this.provider = provider;
    this.log = log;
  }

  /**
   * Answers a call with the result of its work or, if the work throws, with one error diagnostic.
   *
   * Of several warnings with one summary, an engine prints the first, "and one more similar warning elsewhere".
   * If their details differ, it would hide what only the others say, so they get a number: `2 users stay (warning 2)`.
   *
   * @param otherwise the rest of the response to a failed call, which decides what Terraform stores
   */
  async answer<R extends Response>(
    rpc: string,
    otherwise: NoInfer<Omit<R, "diagnostics">>,
    work: () => NoInfer<R> | Promise<NoInfer<R>>,
  ): Promise<R> {
    const start = performance.now();
    try {
      const answer = await work();
      const diagnostics = answer.diagnostics?.map((message) => this.#numbered(message));
      return diagnostics ? { ...answer, diagnostics } : answer;
    } catch (thrown) {
      this.log.debug("call failed", () => ({ rpc, stack: stackFrames(thrown) }));
      return { ...otherwise, diagnostics: diagnosticMessages([describeThrown(thrown, rpc)]) } as R;
    } finally {
      this.log.debug("call answered", () => ({ rpc, milliseconds: Math.round(performance.now() - start) }));
    }
  }

  #numbered(message: ProtocolMessage<"Diagnostic">): ProtocolMessage<"Diagnostic"> {
    const { severity, summary = "", detail = "" } = message;
    if (severity !== SEVERITY.warning) return message;
    const details = this.#warned.get(summary) ?? new Set();
    this.#warned.set(summary, details.add(detail));
    const number = [...details].indexOf(detail) + 1;
    return number === 1 ? message : { ...message, summary: `${summary} (warning ${number})` };
  }

  /** The resource of a type. @throws DiagnosticError if the provider has none */
  resource(typeName = ""): AnyResource {
    return this.#find(this.provider.resources, "resource type", typeName);
  }

  /** The data source of a type. @throws DiagnosticError if the provider has none */
  dataSource(typeName = ""): AnyDataSource {
    return this.#find(this.provider.dataSources ?? {}, "data source", typeName);
  }

  #find<D>(definitions: Readonly<Record<string, D>>, kind: string, typeName: string): D {
    const definition = Object.hasOwn(definitions, typeName) ? definitions[typeName] : undefined;
    if (definition) return definition;
    const names = Object.keys(definitions).join(", ") || "none";
    const detail = `The ${this.provider.name} provider ${this.provider.version} has ${names}.`;
    throw new DiagnosticError(`There is no ${kind} ${typeName}`, detail);
  }

  /** Stores the context that `configure` returned, unless it failed. */
  configured(result: { readonly context?: unknown; readonly diagnostics: readonly Diagnostic[] }): void {
    if (result.diagnostics.some(({ severity }) => severity === "error")) return;
    this.#configured = { context: result.context };
  }

  /** The context that `configure` returned. @throws DiagnosticError if the provider is not configured */
  context(): unknown {
    if (this.#configured) return this.#configured.context;
    throw new DiagnosticError(
      `The ${this.provider.name} provider is not configured`,
      "Terraform asked for an operation before the provider had a configuration that it could use.",
    );
  }
}

/** The diagnostic for an exception. */
export function describeThrown(thrown: unknown, rpc: string): Diagnostic {
  if (thrown instanceof DiagnosticError) return thrown.diagnostic;
  if (thrown instanceof ValueError) {
    const where = thrown.path.length > 0 ? `${pathText(thrown.path)}: ` : "";
    return error("A value does not fit the schema", `${where}${thrown.message}.`, thrown.path);
  }
  return error(
    "The provider failed unexpectedly",
    `${rpc}: ${thrown instanceof Error ? thrown.message : String(thrown)}\n\n` +
      "This is a bug in the provider. With TF_LOG_PROVIDER=DEBUG the log shows where it happened; please report it.",
  );
}

/** The protocol's numbers for severities. */
const SEVERITY = { error: 1, warning: 2 } as const;

/**
 * Encodes diagnostics, in the same order. Control characters are replaced, because Terraform prints the text
 * as it is.
 */
export function diagnosticMessages(
  diagnostics: readonly Diagnostic[],
): readonly ProtocolMessage<"Diagnostic">[] {
  return diagnostics.map(({ severity, summary, detail, path }) => ({
    severity: SEVERITY[severity],
    summary: printable(summary),
    detail: printableLines(detail),
    attribute: path && pathMessage(withoutKeys(path)),
  }));
}

/**
 * The part of a path before the first key of a map. Terraform and OpenTofu crash when they search the
 * configuration for a key, if the map is written with a number or a bool among its keys: `{ 1001 = "Ada" }`.
 */
function withoutKeys(path: AttributePath): AttributePath {
  const firstKey = path.findIndex((step) => "key" in step);
  return firstKey === -1 ? path : path.slice(0, firstKey);
}

export function pathMessage(path: AttributePath): ProtocolMessage<"AttributePath"> {
  return { steps: path.map(stepMessage) };
}

function stepMessage(step: PathStep): ProtocolMessage<"AttributePathStep"> {
  if ("attribute" in step) return { attributeName: step.attribute };
  if ("key" in step) return { elementKeyString: step.key };
  return { elementKeyInt: step.index };
}
