import { join } from "node:path";
import { type Engine, identifyEngine } from "./engine";
import { cachedOpenTofu, cacheFolder } from "./opentofu-cache";

export type { Engine };

declare global {
  /** The engines found so far, by program, for all files of tests in a worker: asking one takes 40 ms of processor time. */
  var knownEngines: Map<string, Engine>;
}

/**
 * The engines that acceptance tests run on, for `describe.each`: Terraform, or else OpenTofu. With `ENGINES=all`, as the gate
 * and the long proofs set it, both, as far as this machine has them.
 * OpenTofu is the program in `TOFU`, or else `tofu` on the PATH, or else the one that the demo built.
 *
 * @throws Error if there is none, so that a run without an engine cannot look like a success
 */
export function engines(): readonly [Engine, ...Engine[]] {
  const programs = process.env.TOFU
    ? ["terraform", process.env.TOFU]
    : ["terraform", "tofu", cachedOpenTofu()];
  const found = new Map<Engine["name"], Engine>();
  for (const program of programs) {
    const engine = identify(program);
    if (engine && !found.has(engine.name)) found.set(engine.name, engine);
    if (found.size > 0 && process.env.ENGINES !== "all") break;
  }
  const [first, ...others] = found.values();
  if (first === undefined) {
    throw new Error(
      "The acceptance tests need terraform or tofu on the PATH. " +
        "Install one of them, or run `npm run demo` once: it builds OpenTofu where it finds Go.",
    );
  }
  return [first, ...others];
}

function identify(program: string): Engine | undefined {
  const engine = knownEngines.get(program) ?? identifyEngine(program);
  if (engine) knownEngines.set(program, engine);
  return engine;
}

/** The newest Terraform that is supported, and that the proof of supported engines builds. */
export const NEWEST_TERRAFORM = "1.16.4";

/** Where the proof of supported engines puts an engine that it builds. */
export function builtEngine(name: Engine["name"], version: string): string {
  return join(cacheFolder(), "engines", `${name}-${version}`, name === "OpenTofu" ? "tofu" : "terraform");
}
