import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { seedUsers } from "../../support/emulator";
import { createCertificate } from "../../../src/plugin/certificate";
import { startAnswering, type LocalServer } from "../../support/api/local-servers";
import type { ResourceType } from "../../support/scenario";
import { runDisturbed, type Outcome } from "./support/disturbed-run";

/** The operations of a run, by resource type, with the outcome if a condition lasts for all of one. */
const OPERATIONS = [
  { resourceType: "genauth_user_set", operation: "refresh", outcome: "refused" },
  { resourceType: "genauth_user_set", operation: "apply", outcome: "reported" },
  { resourceType: "null_resource", operation: "apply", outcome: "reported" },
] as const;
const RESOURCE_TYPES: readonly ResourceType[] = ["genauth_user_set", "null_resource"];

/** Hosts that answer no request, with the server that is needed for that. */
const HOSTS: readonly (readonly [
  what: string,
  open: () => Promise<readonly [host: string, server?: LocalServer]>,
])[] = [
  [
    "an untrusted certificate",
    async () => {
      const server = await startAnswering(createCertificate());
      return [`https://localhost:${server.port}`, server];
    },
  ],
  [
    "TLS to a server without TLS",
    async () => {
      const server = await startAnswering();
      return [`https://localhost:${server.port}`, server];
    },
  ],
  ["a host name that does not resolve", () => Promise.resolve(["https://genauth.invalid"])],
  [
    "a port without a listener",
    async () => {
      const server = await startAnswering();
      await server.close();
      return [`http://127.0.0.1:${server.port}`];
    },
  ],
];

// Concurrent, because they mostly wait.
test.concurrent.each(
  HOSTS.flatMap(([what, open]) => OPERATIONS.map((operation) => ({ ...operation, what, open }))),
)("$resourceType, $outcome: $what at $operation", async ({ resourceType, open, operation, outcome }) => {
  const [host, server] = await open();
  try {
    const inject = () => ({ variables: { [operation]: { GENAUTH_HOST: host } } });
    expect(await runDisturbed({ resourceType, inject })).toEqual({ outcome, broken: [] });
  } finally {
    await server?.close();
  }
  expect(server?.requests ?? []).toEqual([]);
});

test.concurrent.each(
  OPERATIONS.flatMap((operation) => [
    { ...operation, minutes: 10 },
    { ...operation, minutes: -10 },
  ]),
)(
  "$resourceType, $outcome: a clock $minutes minutes off at $operation",
  async ({ resourceType, operation, outcome, minutes }) => {
    let skew = 0;
    const result = await runDisturbed({
      resourceType,
      emulator: { now: () => Date.now() + skew },
      inject: () => ({ hooks: { [operation]: () => (skew = minutes * 60_000) } }),
      recover: () => void (skew = 0),
    });
    expect(result).toEqual({ outcome, broken: [] });
  },
);

test.concurrent.each(
  RESOURCE_TYPES.flatMap((resourceType): [ResourceType, Outcome, string, number, string][] => [
    [resourceType, "recovered", "within the time for the read-back", 300, "30"],
    [resourceType, "recovered", "for seconds, within the default time for the read-back", 3_000, "15"],
    // By the emulator's clock, which advances only at the end, so that a slow machine makes no difference.
    [resourceType, "reported", "for longer than the time for the read-back", 240_000, "0.2"],
  ]),
)(
  "%s, %s: look-ups still return deleted users %s",
  async (resourceType, outcome, _when, consistencyDelayMs, confirm) => {
    let later = 0;
    const isShort = consistencyDelayMs < 60_000;
    const result = await runDisturbed({
      resourceType,
      emulator: { consistencyDelayMs, now: () => Date.now() + later },
      environment: { GENAUTH_CONFIRM_SECONDS: confirm },
      inject: () => ({}),
      recover: () => (isShort ? delay(consistencyDelayMs) : void (later = consistencyDelayMs)),
    });
    expect(result).toEqual({ outcome, broken: [] });
  },
);

test.concurrent.each(RESOURCE_TYPES)(
  "%s, recovered: a rate limit that is exceeded again and again",
  async (resourceType) => {
    const result = await runDisturbed({
      resourceType,
      emulator: { rateLimit: { perSecond: 10, pauseMs: 200 } },
      environment: { GENAUTH_MAX_ATTEMPTS: "20", GENAUTH_REQUESTS_PER_SECOND: "100" },
      inject: () => ({}),
    });
    expect(result).toEqual({ outcome: "recovered", broken: [] });
  },
);

test.concurrent.each(RESOURCE_TYPES)(
  "%s, reported: with a deletion record, look-ups that omit some users for 0.6 s when all their data is read",
  async (resourceType) => {
    const folder = newFolder();
    const [someone] = seedUsers(1);
    const result = await runDisturbed({
      resourceType,
      environment: { GENAUTH_DELETION_RECORD: folder, GENAUTH_CONFIRM_SECONDS: "5" },
      inject: (emulator) => {
        emulator.faults.add({
          on: ["get-user-batch", "get-user"],
          userIdType: "user_id",
          ids: [someone?.email ?? ""],
          forMs: 600,
          then: { kind: "omit" },
        });
        return {};
      },
    });
    expect(result).toEqual({ outcome: "reported", broken: [] });
  },
);
