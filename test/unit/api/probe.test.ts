import { expect, test } from "@jest/globals";
import { createPoolProbe } from "../../../src/api";
import type { Clock } from "../../../src/timing";
import { fastClock } from "../../support/api/test-server";
import { closing } from "../../support/at-end";
import { type Effect, type Emulator, startEmulator } from "../../support/emulator";

function probeOf({ url: host, accessKeyId, accessKeySecret }: Emulator, clock: Clock) {
  return closing(createPoolProbe({ host, accessKeyId, accessKeySecret, maxAttempts: 100 }, clock));
}

test("a probe asks three times at most, because no answer is a finding too", async () => {
  const emulator = await startEmulator({ faults: [{ then: { kind: "answer", statusCode: 503 } }] });
  const probed = await probeOf(emulator, fastClock().clock).listPage(1);
  expect(probed).toMatchObject({ ok: false, cause: "service_unavailable" });
  expect(emulator.calls).toHaveLength(3);
});

test("the service's clock is compared with this machine's in the middle of a call, where it has whole seconds", async () => {
  const answerAt = (date: string): Effect => ({
    kind: "http",
    status: 200,
    body: '{"statusCode":200,"data":[]}',
    headers: { date },
  });
  const emulator = await startEmulator({
    clockSkewMs: Infinity,
    faults: [
      { nth: 1, then: answerAt("Tue, 01 Dec 2026 12:00:10 GMT") },
      { nth: 2, then: answerAt("") },
    ],
  });
  let elapsed = 0;
  // 400 milliseconds pass from the request to the answer.
  const probe = probeOf(emulator, {
    ...fastClock().clock,
    now: () => Date.parse("2026-12-01T12:00:00Z"),
    elapsed: () => (elapsed += 400),
  });
  // Ten seconds, half of the second that the header leaves out, and half of the call.
  const ahead = 10_000 + 500 + 200;
  const read = { ok: true, value: [], milliseconds: 400 };
  expect(await probe.lookUp(["ada"], "username")).toEqual({ ...read, serverAheadMs: ahead });
  expect(await probe.lookUp(["ada"], "username")).toEqual(read);
});
