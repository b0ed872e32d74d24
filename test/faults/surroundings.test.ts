import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { seedUsers } from "../../src/emulator";
import { createCertificate } from "../../src/plugin/certificate";
import { startAnswering, type LocalServer } from "../api/local-servers";
import type { ResourceType } from "../support/scenario";
import { runDisturbed, type Outcome } from "./support/disturbed-run";

/** The stages of a run, by resource type, and what becomes of trouble that is there from the beginning of one to its end. */
const STAGES = [
  { resourceType: "genauth_user_set", stage: "refresh", outcome: "refused" },
  { resourceType: "genauth_user_set", stage: "apply", outcome: "reported" },
  { resourceType: "null_resource", stage: "apply", outcome: "reported" },
] as const;
const RESOURCE_TYPES: readonly ResourceType[] = ["genauth_user_set", "null_resource"];

/** Hosts at which no request is answered, with the server that makes them so. */
const HOSTS: readonly (readonly [
  what: string,
  open: () => Promise<readonly [host: string, server?: LocalServer]>,
])[] = [
  [
    "a certificate that nobody vouches for",
    async () => {
      const server = await startAnswering(createCertificate());
      return [`https://localhost:${server.port}`, server];
    },
  ],
  [
    "TLS spoken to a server that does not",
    async () => {
      const server = await startAnswering();
      return [`https://localhost:${server.port}`, server];
    },
  ],
  ["a name that nothing resolves", () => Promise.resolve(["https://genauth.invalid"])],
  [
    "a port where nobody listens",
    async () => {
      const server = await startAnswering();
      await server.close();
      return [`http://127.0.0.1:${server.port}`];
    },
  ],
];

// All of them concurrent, since they mostly wait.
test.concurrent.each(HOSTS.flatMap(([what, open]) => STAGES.map((stage) => ({ ...stage, what, open }))))(
  "$resourceType, $outcome: $what at $stage",
  async ({ resourceType, open, stage, outcome }) => {
    const [host, server] = await open();
    const result = await runDisturbed({
      resourceType,
      strike: () => ({ variables: { [stage]: { GENAUTH_HOST: host } } }),
    }).finally(() => server?.close());
    expect(result).toEqual({ outcome, broken: [] });
    expect(server?.requests ?? []).toEqual([]);
  },
);

test.concurrent.each(
  STAGES.flatMap((stage) => [
    { ...stage, minutes: 10 },
    { ...stage, minutes: -10 },
  ]),
)(
  "$resourceType, $outcome: a clock $minutes minutes off at $stage",
  async ({ resourceType, stage, outcome, minutes }) => {
    let skew = 0;
    const result = await runDisturbed({
      resourceType,
      emulator: { now: () => Date.now() + skew },
      strike: () => ({ stages: { [stage]: () => (skew = minutes * 60_000) } }),
      calm: () => void (skew = 0),
    });
    expect(result).toEqual({ outcome, broken: [] });
  },
);

test.concurrent.each(
  RESOURCE_TYPES.flatMap((resourceType): [ResourceType, Outcome, string, number, string][] => [
    [resourceType, "mended", "within the time for reading back", 300, "30"],
    [resourceType, "mended", "for seconds, within the default time for reading back", 3_000, "15"],
    // By the emulator's own clock, whose minutes pass at the end: however slow this machine is, they show until then.
    [resourceType, "reported", "for longer than the time for reading back", 240_000, "0.2"],
  ]),
)(
  "%s, %s: deleted users who still show %s",
  async (resourceType, outcome, _when, consistencyDelayMs, confirm) => {
    let later = 0;
    const isShort = consistencyDelayMs < 60_000;
    const result = await runDisturbed({
      resourceType,
      emulator: { consistencyDelayMs, now: () => Date.now() + later },
      environment: { GENAUTH_CONFIRM_SECONDS: confirm },
      strike: () => ({}),
      calm: () => (isShort ? delay(consistencyDelayMs) : void (later = consistencyDelayMs)),
    });
    expect(result).toEqual({ outcome, broken: [] });
  },
);

test.concurrent.each(RESOURCE_TYPES)(
  "%s, mended: a limit of requests that is met again and again",
  async (resourceType) => {
    const result = await runDisturbed({
      resourceType,
      emulator: { rateLimit: { perSecond: 10, pauseMs: 200 } },
      environment: { GENAUTH_MAX_ATTEMPTS: "20", GENAUTH_REQUESTS_PER_SECOND: "100" },
      strike: () => ({}),
    });
    expect(result).toEqual({ outcome: "mended", broken: [] });
  },
);

test.concurrent.each(RESOURCE_TYPES)(
  "%s, reported: with a deletion record, look-ups that leave some users out for 0.6 s when their records are read",
  async (resourceType) => {
    const folder = mkdtempSync(join(tmpdir(), "genauth-record-"));
    const [someone] = seedUsers(1);
    const result = await runDisturbed({
      resourceType,
      environment: { GENAUTH_DELETION_RECORD: folder, GENAUTH_CONFIRM_SECONDS: "5" },
      strike: (emulator) => {
        emulator.faults.add({
          on: ["get-user-batch", "get-user"],
          userIdType: "user_id",
          ids: [someone?.email ?? ""],
          forMs: 600,
          then: { kind: "omit" },
        });
        return {};
      },
    }).finally(() => rmSync(folder, { recursive: true }));
    expect(result).toEqual({ outcome: "reported", broken: [] });
  },
);
