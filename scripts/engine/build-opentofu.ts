import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Child, type Finished, startChild } from "./child";
import { onPath } from "./engine";
import { OPENTOFU, cacheFolder, cachedOpenTofu } from "./opentofu-cache";

/** The error if there is neither an engine nor Go. */
export const NO_ENGINE =
  "Neither OpenTofu nor Terraform is on the PATH, and there is no Go to build OpenTofu with. " +
  "Install OpenTofu (https://opentofu.org/docs/intro/install), or Go 1.21 or later (https://go.dev/doc/install), " +
  "and run this again.";

/**
 * Builds the pinned OpenTofu from source, into the cache folder where `findEngine` finds it. Takes several minutes and needs
 * the network.
 *
 * The build runs where Go keeps the module's source: `go install module@version` refuses a module with `replace`
 * directives. Nothing is written there.
 *
 * @param onStart called with each process, so that the caller can end it
 * @throws Error that says what to do, if Go is missing or a step fails
 */
export async function buildOpenTofu(onStart: (child: Child) => void): Promise<void> {
  const go = onPath("go");
  if (go === undefined) throw new Error(NO_ENGINE);
  await mkdir(cacheFolder(), { recursive: true });
  const buildFolder = await mkdtemp(join(cacheFolder(), "build-"));
  const run = async (args: readonly string[], cwd: string): Promise<Finished> => {
    const child = startChild(go, args, { cwd, env: goEnvironment() });
    onStart(child);
    const finished = await child.finished;
    if (finished.code !== 0) throw new Error(buildFailure(args, finished));
    return finished;
  };
  try {
    const { stdout } = await run(
      ["mod", "download", "-json", `${OPENTOFU.module}@v${OPENTOFU.version}`],
      buildFolder,
    );
    const source = JSON.parse(stdout) as { readonly Dir: string; readonly Sum: string };
    if (source.Sum !== OPENTOFU.sum) {
      throw new Error(
        `The source of OpenTofu ${OPENTOFU.version} has the checksum ${source.Sum} instead of ${OPENTOFU.sum}, ` +
          "so it is not built. Install OpenTofu another way: https://opentofu.org/docs/intro/install",
      );
    }
    const built = join(buildFolder, "tofu");
    await run(
      ["build", "-mod=readonly", "-trimpath", `-ldflags=${LINKER_FLAGS}`, "-o", built, "./cmd/tofu"],
      source.Dir,
    );
    await mkdir(dirname(cachedOpenTofu()), { recursive: true });
    await rename(built, cachedOpenTofu());
  } finally {
    await rm(buildFolder, { recursive: true, force: true });
  }
}

/** With `dev=no`, the program reports `1.12.6` instead of `1.12.6-dev`, as OpenTofu's releases do. */
const LINKER_FLAGS = `-s -w -X ${OPENTOFU.module}/version.dev=no`;

function goEnvironment(): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { ...Object.fromEntries(inherited), GOWORK: "off" };
}

function buildFailure(args: readonly string[], { stderr }: Finished): string {
  const lastLines = stderr.trim().split("\n").slice(-5).join("\n");
  return (
    `OpenTofu could not be built: "go ${args.slice(0, 2).join(" ")}" failed:\n${lastLines}\n` +
    "Install OpenTofu (https://opentofu.org/docs/intro/install) and run this again."
  );
}
