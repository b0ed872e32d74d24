import { expect, test } from "@jest/globals";
import { ServiceClock } from "../../../src/api/service-clock";
import type { Reply } from "../../../src/api/transport";

const NOON = Date.parse("2026-12-01T12:00:00Z");

function answerAt(date: string | undefined): Reply {
  return { kind: "answer", status: 200, text: "", date, retryAfter: undefined, location: undefined };
}

/** A service's clock beside a clock of this machine that the test moves. */
function clockAt(elapsed: number): { readonly service: ServiceClock; readonly pass: (ms: number) => void } {
  let now = elapsed;
  const service = new ServiceClock({ elapsed: () => now });
  return { service, pass: (ms) => (now += ms) };
}

test("the time is unknown before the first answer that tells one", () => {
  const { service } = clockAt(0);
  expect(service.now()).toBeUndefined();
  service.learn(answerAt(undefined));
  service.learn(answerAt("soon"));
  service.learn({ kind: "none", cause: "timed_out", reason: "" });
  expect(service.now()).toBeUndefined();
});

test("the time runs on after an answer by this machine's clock", () => {
  const { service, pass } = clockAt(7000);
  service.learn(answerAt("Tue, 01 Dec 2026 12:00:00 GMT"));
  expect(service.now()).toBe(NOON);
  pass(2500);
  expect(service.now()).toBe(NOON + 2500);
});

test("the latest answer counts", () => {
  const { service, pass } = clockAt(0);
  service.learn(answerAt("Tue, 01 Dec 2026 12:00:00 GMT"));
  pass(1000);
  service.learn(answerAt("Tue, 01 Dec 2026 12:00:30 GMT"));
  expect(service.now()).toBe(NOON + 30_000);
});
