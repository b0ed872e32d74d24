import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Child } from "../../../support/engine/child";
import { type Engine, identifyEngine, onPath } from "../../../support/engine/engine";
import { buildFromModule, type EngineSource } from "../../../support/engine/go-module";
import { builtEngine, NEWEST_TERRAFORM } from "../../../support/engine/engines";
import { OPENTOFU } from "../../../support/engine/opentofu-cache";

const TERRAFORM = { name: "Terraform", module: "github.com/hashicorp/terraform", main: "." } as const;

/**
 * The oldest and the newest supported version of each engine, the last Terraform that does not hand plans on to their applies, and the checksums
 * of their sources (source: Go's checksum database).
 */
export const SUPPORTED: readonly EngineSource[] = [
  { ...TERRAFORM, version: "1.5.7", sum: "h1:HL+iEBdp6mC/tqQM1F5jA5y32CbxXPwyiNQyYSXVzw0=" },
  { ...TERRAFORM, version: "1.14.3", sum: "h1:WKT46iksyCcsHX66kltWvTPtlTJnu6m6Zqg41b9M2sQ=" },
  { ...TERRAFORM, version: NEWEST_TERRAFORM, sum: "h1:0yyJB6OufO0kqoNg95TGhf+41NsG77th1DPSnKBD878=" },
  { ...OPENTOFU, version: "1.6.3", sum: "h1:aWutoODFUB+k9EZ6xtnf7571oCmUiVZ4d1bevHVhsJg=" },
  OPENTOFU,
];

/**
 * An engine in the cache folder. The first time, it is built.
 *
 * @param onStart called with each process of the build
 * @throws Error if it cannot be built
 */
export async function supportedEngine(
  source: EngineSource,
  onStart: (child: Child) => void,
): Promise<Engine> {
  const program = builtEngine(source.name, source.version);
  if (!existsSync(program)) {
    const go = onPath("go");
    if (go === undefined)
      throw new Error(`Go is not installed, which builds ${source.name} ${source.version}.`);
    await buildFromModule(source, program, { go, onStart, prepare: replaceNestedModules });
  }
  const engine = identifyEngine(program);
  if (engine?.version !== source.version)
    throw new Error(`${program} is not ${source.name} ${source.version}.`);
  return engine;
}

/**
 * From 1.9 on, Terraform's backends are modules in folders of their own, which are not in the module of the program, and which
 * Go's proxy does not have. Here each becomes a module whose backend cannot be used; the tests use the local one.
 */
function replaceNestedModules(source: string, scratch: string): readonly string[] {
  const modFile = readFileSync(join(source, "go.mod"), "utf8");
  const nested = /^replace (\S+) => (\.\/\S+)$/gm;
  const replaced = modFile.replaceAll(nested, (line, module: string, path: string) => {
    if (existsSync(join(source, path))) return line;
    const folder = join(scratch, "modules", path);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "go.mod"), `module ${module}\n\ngo 1.21\n`);
    if (path.includes("/remote-state/"))
      writeFileSync(join(folder, "backend.go"), unusableBackend(basename(path)));
    return `replace ${module} => ${folder}`;
  });
  if (replaced === modFile) return ["-mod=readonly"];
  writeFileSync(join(scratch, "go.mod"), replaced);
  writeFileSync(join(scratch, "go.sum"), readFileSync(join(source, "go.sum")));
  return ["-mod=mod", `-modfile=${join(scratch, "go.mod")}`];
}

function unusableBackend(name: string): string {
  return `package ${name}

import "${TERRAFORM.module}/internal/backend"

func New() backend.Backend { return nil }
`;
}
