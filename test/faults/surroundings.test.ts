import { afterEach, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { createCertificate } from "../../src/plugin/process/certificate";
import { startAnswering, type LocalServer } from "../api/local-servers";
import { runDisturbed, type Outcome } from "./support/disturbed-run";

const servers: LocalServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

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
  [
    "a port where nobody listens",
    async () => {
      const server = await startAnswering();
      await server.close();
      return `http://127.0.0.1:${server.port}`;
    },
  ],
];

test.each(
  hosts.flatMap(([what, host]) => [
    { what, host, stage: "refresh", outcome: "refused" } as const,
    { what, host, stage: "apply", outcome: "reported" } as const,
  ]),
)("$outcome: $what at $stage", async ({ host, stage, outcome }) => {
  const address = await host();
  const result = await runDisturbed({
    strike: () => ({ variables: { [stage]: { GENAUTH_HOST: address } } }),
  });
  expect(result).toEqual({ outcome, broken: [] });
  expect(servers.flatMap(({ requests }) => requests)).toEqual([]);
});

test.each([
  ["refresh", "refused"],
  ["apply", "reported"],
] as const)("a clock ten minutes off at %s is %s", async (stage, outcome) => {
  let skew = 0;
  const result = await runDisturbed({
    emulator: { now: () => Date.now() + skew },
    strike: () => ({ stages: { [stage]: () => (skew = 600_000) } }),
    calm: () => void (skew = 0),
  });
  expect(result).toEqual({ outcome, broken: [] });
});

test.each<[string, number, string, Outcome]>([
  ["within the time for reading back", 300, "30", "mended"],
  ["for longer than that", 2_000, "0.2", "reported"],
])("deleted users who still show %s", async (_when, consistencyDelayMs, confirm, outcome) => {
  const result = await runDisturbed({
    emulator: { consistencyDelayMs },
    environment: { GENAUTH_CONFIRM_SECONDS: confirm },
    strike: () => ({}),
    calm: () => delay(consistencyDelayMs),
  });
  expect(result).toEqual({ outcome, broken: [] });
});

test("a limit of requests that is met again and again is mended", async () => {
  const result = await runDisturbed({
    emulator: { rateLimit: { perSecond: 10, pauseMs: 200 } },
    environment: { GENAUTH_MAX_ATTEMPTS: "20", GENAUTH_REQUESTS_PER_SECOND: "100" },
    strike: () => ({}),
  });
  expect(result).toEqual({ outcome: "mended", broken: [] });
});
