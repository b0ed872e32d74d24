import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { BenchEmulator } from "../../../../bench/emulator/emulator";
import { mostInASecond } from "../../../../bench/emulator/most-in-a-second";
import { reportingTo, takeReports, type Usage } from "../../../../bench/measure/usage";
import { idsOf } from "../../../../bench/benchmarks/sets";
import { check } from "../../../support/acceptance/removal-case";
import { engines } from "../../../support/engine/engines";
import { Template } from "../../../support/template";
import { Workspace } from "../../../support/workspace";
import { atEnd } from "../../../support/at-end";

/** How many users are removed. Ten more remain. */
const REMOVALS = Number(process.env.FAULT_LOAD ?? 100_000);
const STAYING = 10;
/** The published limit of a pool in the public cloud, in requests per second. The emulator enforces it, and the run uses all of it. */
const LIMIT = 150;
const MIB = 1024 * 1024;

/** Every hundredth call fails, in one of three ways. */
const faults = [
  { kind: "http", status: 502 } as const,
  { kind: "reset", carriedOut: true } as const,
  { kind: "answer", statusCode: 503 } as const,
].map((then, index) => ({
  nth: Array.from({ length: Math.ceil(REMOVALS / 1000) }, (_, round) => 100 * (index + 1) + 300 * round),
  then,
}));

test.each(engines().slice(0, 1))(
  `${REMOVALS} removals at ${LIMIT} requests a second, with 1 % faults, end right on $name and use no more memory at the end`,
  async (engine) => {
    const ids = idsOf(REMOVALS + STAYING);
    const emulator = await BenchEmulator.start({ users: ids.length, limited: true, faults });
    atEnd(() => emulator.close());
    const template = await Template.prepare(engine);
    const workspace = new Workspace(template, {
      ...emulator.environment(),
      ...reportingTo("usage.jsonl"),
      GENAUTH_REQUESTS_PER_SECOND: String(LIMIT),
      TF_LOG_PROVIDER: "DEBUG",
    });
    atEnd(() => workspace.close());
    const usageFile = join(workspace.folder, "usage.jsonl");
    const declare = (users: readonly string[]) =>
      workspace.write({ users, max_deletions: REMOVALS, max_deletions_percent: 100 });

    declare(ids);
    check(await workspace.apply(), { code: 0 });
    declare(ids.slice(REMOVALS));
    check(await workspace.plan("-out=plan"), { code: 2 });
    await emulator.received();
    takeReports(usageFile);
    const begun = performance.now();
    const apply = await workspace.apply("plan");
    check(apply, { code: 0 });
    const seconds = (performance.now() - begun) / 1000;

    const { byCall, throttled, faulty, users, ...received } = await emulator.received();
    const sent = sentBy(apply.stderr);
    const mostSent = mostInASecond(sent.map(({ at }) => at));
    const calls = Object.values(byCall).reduce((sum, count) => sum + count, 0);
    const memory = quarters(takeReports(usageFile), sent);
    process.stdout.write(
      `${REMOVALS} removals, the apply: ${Math.round(seconds)} s, ${calls} calls, ${faulty} of them failed; at most ${mostSent} ` +
        `sent in a second and ${received.mostInASecond} received, ${throttled} refused with 429; most memory of the provider ` +
        `in each quarter of the deletion: ${memory.join(", ")} MiB\n`,
    );
    expect(users).toBe(STAYING);
    expect(Object.keys(workspace.userSet()?.users ?? {}).sort()).toEqual(ids.slice(REMOVALS).sort());
    check(await workspace.plan(), { code: 0 });
    expect(sent).toHaveLength(calls);
    expect(mostSent).toBeLessThanOrEqual(LIMIT);
    expect(throttled).toBe(0);
    const [, second = 0, third = 0, last = Infinity] = memory;
    expect(last / Math.max(second, third)).toBeLessThan(1.1);
  },
);

/** A request, as the provider's log shows it. */
interface Sent {
  readonly call: string;
  /** In milliseconds since 1970. */
  readonly at: number;
}

/** The requests in the order of sending. The log contains the time of each answer, and how long the call took. */
function sentBy(log: string): Sent[] {
  const field = (line: string, name: string) => new RegExp(` ${name}=(\\S+)`).exec(line)?.[1] ?? "";
  return log
    .split("\n")
    .flatMap((line) => {
      const [, call] = /\/api\/v3\/([\w-]+)/.exec(line) ?? [];
      const at = Date.parse(field(line, "timestamp")) - Number(field(line, "milliseconds"));
      return call === undefined ? [] : [{ call, at }];
    })
    .sort((one, other) => one.at - other.at);
}

/** The provider's peak memory in each quarter of the time from the first deletion to the last, in MiB. */
function quarters(reports: readonly Usage[], sent: readonly Sent[]): number[] {
  const deletions = sent.flatMap(({ call, at }) => (call === "delete-users-batch" ? [at] : []));
  const [begun = 0, ended = 0] = [deletions[0], deletions.at(-1)];
  const length = (ended - begun) / 4;
  return [0, 1, 2, 3].map((quarter) => {
    const from = begun + quarter * length;
    const within = reports.flatMap(({ over }) => over.filter(({ at }) => at >= from && at <= from + length));
    return Math.round(Math.max(...within.map(({ resident }) => resident)) / MIB);
  });
}
