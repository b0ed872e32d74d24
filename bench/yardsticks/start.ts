import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProviderPackage } from "../../src/install/provider-package";
import { createCertificate } from "../../src/plugin/process/certificate";
import { inTurn, ratio } from "../measure/rounds";
import { reportingTo, takeReports } from "../measure/usage";
import type { Yardstick } from "../yardstick";

const BARE = "node -e 0";
const PROVIDER = "the provider";

const TITLES = {
  ms: "from start to its end, or to the handshake",
  cpuMs: "CPU time from start to end",
  MB: "most resident memory from start to end",
} as const;

/** From the start of the provider to the line that Terraform waits for; paid several times in each plan. */
export const start: Yardstick = {
  name: "start",
  title: "Start of the provider, against an empty Node.js",
  run: async ({ full }) => {
    const folder = mkdtempSync(join(tmpdir(), "genauth-bench-start-"));
    const file = join(folder, "usage.jsonl");
    try {
      const measures = ["ms", "cpuMs", "MB"] as const;
      const sides = await inTurn(
        full ? 25 : 11,
        [
          { name: BARE, measure: () => startOf([process.execPath, "-e", "0"], file) },
          { name: PROVIDER, measure: () => startOf([findProviderPackage().executable], file) },
        ],
        measures,
      );
      return measures.map((measure) => ({
        title: TITLES[measure],
        unit: measure === "MB" ? "MB" : "ms",
        sides: sides[measure],
        targets: [
          {
            what: `${PROVIDER} / ${BARE}`,
            seen: ratio(sides[measure], PROVIDER, BARE),
            wanted: { atMost: 2 },
          },
        ],
      }));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** What Terraform sets when it starts a provider. */
const VARIABLES = {
  PATH: process.env.PATH ?? "",
  TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
  PLUGIN_PROTOCOL_VERSIONS: "5,6",
  PLUGIN_CLIENT_CERT: createCertificate().pem,
};

type Command = readonly [string, ...string[]];

/** Starts a program twice: by itself for the time, and reporting for the rest, which would lengthen the time. */
async function startOf(command: Command, file: string): Promise<Record<"ms" | "cpuMs" | "MB", number>> {
  const ms = await untilOutput(command, VARIABLES);
  await untilOutput(command, { ...VARIABLES, ...reportingTo(file) });
  const [usage] = takeReports(file);
  return { ms, cpuMs: usage?.cpuMs ?? Number.NaN, MB: (usage?.peak ?? Number.NaN) / 1024 / 1024 };
}

/** Milliseconds until a program writes something or ends; it is ended then. */
async function untilOutput(
  [command, ...args]: Command,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const begun = performance.now();
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), ended]);
  const ms = performance.now() - begun;
  child.kill();
  await ended;
  return ms;
}
