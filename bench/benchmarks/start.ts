import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProviderPackage } from "../../src/install";
import { createCertificate } from "../../src/plugin/certificate";
import { PluginClient } from "../measure/plugin-client";
import { inTurn, ratio } from "../measure/rounds";
import { reportingTo, takeReports } from "../measure/usage";
import type { Benchmark } from "../benchmark";

const BARE = "node -e 0";
const PROVIDER = "the provider";

const TITLES = {
  ms: "from start to its end, or to the handshake",
  answerMs: "from start to its end, or to the first answer: the schema",
  cpuMs: "CPU time from start to end; of the provider, with the first answer",
  MB: "most resident memory from start to end",
} as const;

type Measure = keyof typeof TITLES;
const MEASURES = Object.keys(TITLES) as Measure[];

/** The provider's targets. The other measures are only reported. */
const AT_MOST: Readonly<Partial<Record<Measure, number>>> = { ms: 2, MB: 2 };

/**
 * The time from the provider's start to its handshake and to its first answer. Each plan starts it several times.
 */
export const start: Benchmark = {
  name: "start",
  title: "Start of the provider, against an empty Node.js",
  run: async ({ full }) => {
    const folder = mkdtempSync(join(tmpdir(), "genauth-bench-start-"));
    const file = join(folder, "usage.jsonl");
    try {
      const sides = await inTurn<Measure>(
        full ? 25 : 11,
        [
          { name: BARE, measure: () => emptyStart(file) },
          { name: PROVIDER, measure: () => providerStart(file) },
        ],
        MEASURES,
      );
      return MEASURES.map((measure) => {
        const atMost = AT_MOST[measure];
        const seen = ratio(sides[measure], PROVIDER, BARE);
        return {
          title: TITLES[measure],
          unit: measure === "MB" ? "MB" : "ms",
          sides: sides[measure],
          targets: atMost === undefined ? [] : [{ what: `${PROVIDER} / ${BARE}`, seen, wanted: { atMost } }],
        };
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const certificate = createCertificate();

/** The variables that Terraform sets when it starts a provider. */
const VARIABLES = {
  PATH: process.env.PATH ?? "",
  TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
  PLUGIN_PROTOCOL_VERSIONS: "5,6",
  PLUGIN_CLIENT_CERT: certificate.pem,
};

type Variables = Readonly<Record<string, string>>;

/** Starts each program twice: plain for the times, and with a usage report, which takes time, for the rest. */
async function emptyStart(file: string): Promise<Record<Measure, number>> {
  const run = async (env: Variables): Promise<number> => {
    const begun = performance.now();
    await once(spawn(process.execPath, ["-e", "0"], { env, stdio: "ignore" }), "exit");
    return performance.now() - begun;
  };
  const ms = await run(VARIABLES);
  await run({ ...VARIABLES, ...reportingTo(file) });
  return { ms, answerMs: ms, ...usage(file) };
}

async function providerStart(file: string): Promise<Record<Measure, number>> {
  const times = await runProvider(VARIABLES);
  await runProvider({ ...VARIABLES, ...reportingTo(file) });
  return { ...times, ...usage(file) };
}

function usage(file: string): Record<"cpuMs" | "MB", number> {
  const [reported] = takeReports(file);
  return { cpuMs: reported?.cpuMs ?? Number.NaN, MB: (reported?.peak ?? Number.NaN) / 1024 / 1024 };
}

/** Starts the provider, requests its schema, and shuts it down, as an engine does. */
async function runProvider(env: Variables): Promise<Record<"ms" | "answerMs", number>> {
  const begun = performance.now();
  const child = spawn(findProviderPackage().executable, { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const ms = performance.now() - begun;
  const client = new PluginClient(line.toString(), certificate);
  await client.call("/tfplugin6.Provider/GetProviderSchema");
  const answerMs = performance.now() - begun;
  await client.call("/plugin.GRPCController/Shutdown");
  client.close();
  await ended;
  return { ms, answerMs };
}
