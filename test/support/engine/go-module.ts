import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Child, type Finished, startChild } from "./child";
import { cacheFolder } from "./opentofu-cache";

/** The source of an engine, as a Go module. */
export interface EngineSource {
  readonly name: "Terraform" | "OpenTofu";
  readonly module: string;
  readonly version: string;
  /** The checksum of the module (source: Go's checksum database). */
  readonly sum: string;
  /** The package of the program in the module: `./cmd/tofu`. */
  readonly main: string;
}

/** How a program is built. */
export interface ModuleBuild {
  /** The `go` program. */
  readonly go: string;
  /** Called with each process, so that the caller can end it. */
  readonly onStart: (child: Child) => void;
  /**
   * Called before the build.
   *
   * @param source the folder of the module's source, which is read only
   * @param scratch a folder that is removed after the build
   * @returns arguments of `go build`, in place of `-mod=readonly`
   */
  readonly prepare?: (source: string, scratch: string) => readonly string[];
}

/**
 * Builds an engine from its Go module, into a file. Takes several minutes, and needs the network.
 *
 * The build runs where Go keeps the module's source: `go install module@version` refuses a module with `replace`
 * directives. Nothing is written there.
 *
 * @throws Error with the reason, if the source is not the expected one or a step fails
 */
export async function buildFromModule(
  { name, module, version, sum, main }: EngineSource,
  program: string,
  { go, onStart, prepare }: ModuleBuild,
): Promise<void> {
  await mkdir(cacheFolder(), { recursive: true });
  const scratch = await mkdtemp(join(cacheFolder(), "build-"));
  const run = async (args: readonly string[], cwd: string): Promise<Finished> => {
    const child = startChild(go, args, { cwd, env: goEnvironment() });
    onStart(child);
    const finished = await child.finished;
    if (finished.code === 0) return finished;
    const lastLines = finished.stderr.trim().split("\n").slice(-5).join("\n");
    throw new Error(`${name} could not be built: "go ${args.slice(0, 2).join(" ")}" failed:\n${lastLines}`);
  };
  try {
    const { stdout } = await run(["mod", "download", "-json", `${module}@v${version}`], scratch);
    const source = JSON.parse(stdout) as { readonly Dir: string; readonly Sum: string };
    if (source.Sum !== sum) {
      throw new Error(
        `The source of ${name} ${version} has the checksum ${source.Sum} instead of ${sum}, so it is not built.`,
      );
    }
    const built = join(scratch, "program");
    // With `dev=no`, the program reports `1.12.6` instead of `1.12.6-dev`, as releases do.
    const options = ["-trimpath", `-ldflags=-s -w -X ${module}/version.dev=no`, "-o", built, main];
    await run(["build", ...(prepare?.(source.Dir, scratch) ?? ["-mod=readonly"]), ...options], source.Dir);
    await mkdir(dirname(program), { recursive: true });
    await rename(built, program);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function goEnvironment(): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { ...Object.fromEntries(inherited), GOWORK: "off" };
}
