import {
  addressIn,
  type ConfiguredModule,
  configuredModules,
  type ConfiguredResourceJson,
} from "./configuration";
import { type PlanJson, resourceAddress } from "./plan";

/** Where a value of the configuration comes from, as far as a plan shows it. */
export interface ValueSources {
  /**
   * The addresses of the resources and data sources that it refers to, also through others and through
   * modules.
   */
  readonly objects: ReadonlySet<string>;
  /** Whether a part of it comes through a local value, of which no plan shows the expression. */
  readonly throughLocals: boolean;
}

/** What is repeated, and says by `for_each` or `count` what `each` and `count` stand for. */
type Repeated = Pick<ConfiguredResourceJson, "for_each_expression" | "count_expression">;

/**
 * Finds out where an argument of a resource comes from.
 *
 * @param address of a resource of the configuration, without instance keys
 */
export function findSources(plan: PlanJson, address: string, argument: string): ValueSources {
  const tracer = new Tracer(configuredModules(plan) ?? []);
  tracer.traceArgument(address, argument);
  return tracer;
}

/** Follows references from module to module. Each is followed once, so that references in a circle end. */
class Tracer implements ValueSources {
  readonly objects = new Set<string>();
  throughLocals = false;
  readonly #modules: ReadonlyMap<string, ConfiguredModule>;
  readonly #followed = new Set<string>();

  constructor(modules: readonly ConfiguredModule[]) {
    this.#modules = new Map(modules.map((module) => [module.address, module]));
  }

  traceArgument(address: string, argument: string): void {
    for (const module of this.#modules.values())
      for (const resource of module.resources)
        if (resource.address === address)
          this.#traceAll(valueOf(resource.expressions, argument), module, resource);
  }

  /** @param owner what holds the expression, and may be repeated */
  #traceAll(expression: unknown, module: ConfiguredModule, owner?: Repeated): void {
    for (const reference of referencesIn(expression)) this.#trace(reference, module, owner);
  }

  #trace(reference: string, module: ConfiguredModule, owner: Repeated | undefined): void {
    const [kind = "", name = "", third = ""] = resourceAddress(reference).split(".");
    if (kind === "each") this.#traceAll(owner?.for_each_expression, module);
    else if (kind === "count") this.#traceAll(owner?.count_expression, module);
    else if (kind === "local") this.throughLocals = true;
    else if (kind === "var") this.#traceVariable(name, module);
    else if (kind === "module") this.#traceOutput(name, third, module);
    else this.#traceObject(kind === "data" ? `data.${name}.${third}` : `${kind}.${name}`, module);
  }

  #traceVariable(name: string, module: ConfiguredModule): void {
    const { call, parent } = module;
    if (!call || !parent || this.#wasFollowed(`${module.address} var.${name}`)) return;
    this.#traceAll(valueOf(call.expressions, name), parent, call);
  }

  /** @param output empty: all outputs of the module */
  #traceOutput(name: string, output: string, caller: ConfiguredModule): void {
    const module = this.#modules.get(addressIn(caller, `module.${name}`));
    if (!module || this.#wasFollowed(`${module.address} output.${output}`)) return;
    this.#traceAll(output === "" ? module.outputs : valueOf(module.outputs, output), module);
  }

  #traceObject(name: string, module: ConfiguredModule): void {
    const address = addressIn(module, name);
    const resource = module.resources.find((one) => one.address === address);
    if (!resource || this.#wasFollowed(address)) return;
    this.objects.add(address);
    this.#traceAll(resource.expressions, module, resource);
  }

  #wasFollowed(place: string): boolean {
    if (this.#followed.has(place)) return true;
    this.#followed.add(place);
    return false;
  }
}

/** The references in an expression, at any depth: those of a block are in its arguments. */
function referencesIn(expression: unknown): string[] {
  if (typeof expression !== "object" || expression === null) return [];
  return Object.entries(expression).flatMap(([key, value]) => {
    if (key === "constant_value") return [];
    const isList = key === "references" && Array.isArray(value);
    return isList ? value.filter((one) => typeof one === "string") : referencesIn(value);
  });
}

/** Keys are data. One may be `__proto__`, so objects are only read entry by entry. */
function valueOf(values: Readonly<Record<string, unknown>> | undefined, name: string): unknown {
  return Object.entries(values ?? {}).find(([key]) => key === name)?.[1];
}
