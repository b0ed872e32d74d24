import { afterEach, describe, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { createCertificate } from "../../src/plugin/process/certificate";
import { startAnswering, type LocalServer } from "../api/local-servers";
import { runDisturbed, type Outcome } from "./support/disturbed-run";

const servers: LocalServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** The stages of a run, by engine, and what becomes of trouble that is there from the beginning of one to its end. */
const STAGES = [
  { engine: "provider", stage: "refresh", outcome: "refused" },
  { engine: "provider", stage: "apply", outcome: "reported" },
  { engine: "null_resource", stage: "apply", outcome: "reported" },
] as const;
const ENGINES = ["provider", "null_resource"] as const;

/** Hosts at which no request is answered. */
const hosts: readonly (readonly [string, () => Promise<string>])[] = [
  [
    "a certificate that nobody vouches for",
    async () => {
      const server = await startAnswering(createCertificate());
      servers.push(server);
      return `https://localhost:${server.port}`;
    },
  ],
  [
    "TLS spoken to a server that does not",
    async () => {
      const server = await startAnswering();
      servers.push(server);
      return `https://localhost:${server.port}`;
    },
  ],
  ["a name that nothing resolves", () => Promise.resolve("https://genauth.invalid")],
  [
    "a port where nobody listens",
    async () => {
      const server = await startAnswering();
      await server.close();
      return `http://127.0.0.1:${server.port}`;
    },
  ],
];

test.each(hosts.flatMap(([what, host]) => STAGES.map((stage) => ({ ...stage, what, host }))))(
  "$engine, $outcome: $what at $stage",
  async ({ engine, host, stage, outcome }) => {
    const address = await host();
    const result = await runDisturbed({
      engine,
      strike: () => ({ variables: { [stage]: { GENAUTH_HOST: address } } }),
    });
    expect(result).toEqual({ outcome, broken: [] });
    expect(servers.flatMap(({ requests }) => requests)).toEqual([]);
  },
);

test.each(
  STAGES.flatMap((stage) => [
    { ...stage, minutes: 10 },
    { ...stage, minutes: -10 },
  ]),
)(
  "$engine, $outcome: a clock $minutes minutes off at $stage",
  async ({ engine, stage, outcome, minutes }) => {
    let skew = 0;
    const result = await runDisturbed({
      engine,
      emulator: { now: () => Date.now() + skew },
      strike: () => ({ stages: { [stage]: () => (skew = minutes * 60_000) } }),
      calm: () => void (skew = 0),
    });
    expect(result).toEqual({ outcome, broken: [] });
  },
);

// Concurrent, since they wait for the server.
describe.each(ENGINES)("%s", (engine) => {
  test.concurrent.each<[string, number, string, Outcome]>([
    ["within the time for reading back", 300, "30", "mended"],
    ["for seconds, within the default time for reading back", 3_000, "15", "mended"],
    ["for longer than the time for reading back", 5_000, "0.2", "reported"],
  ])("deleted users who still show %s", async (_when, consistencyDelayMs, confirm, outcome) => {
    const result = await runDisturbed({
      engine,
      emulator: { consistencyDelayMs },
      environment: { GENAUTH_CONFIRM_SECONDS: confirm },
      strike: () => ({}),
      calm: () => delay(consistencyDelayMs),
    });
    expect(result).toEqual({ outcome, broken: [] });
  });

  test.concurrent("a limit of requests that is met again and again is mended", async () => {
    const result = await runDisturbed({
      engine,
      emulator: { rateLimit: { perSecond: 10, pauseMs: 200 } },
      environment: { GENAUTH_MAX_ATTEMPTS: "20", GENAUTH_REQUESTS_PER_SECOND: "100" },
      strike: () => ({}),
    });
    expect(result).toEqual({ outcome: "mended", broken: [] });
  });
});
