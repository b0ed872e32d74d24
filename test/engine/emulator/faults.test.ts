import { beforeEach, expect, test } from "@jest/globals";
import { seedUsers, startEmulator } from "../../support/emulator";
import type { Effect, Emulator } from "../../support/emulator";
import { signedHeaders } from "../../support/emulator/signed-request";

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ users: seedUsers(3) });
});

/** The result of a request: an HTTP status with the body's text, or the error. */
type Result = { status: number; text: string; location: string | null } | { error: string };

/** Longer than a whole answer takes on a busy machine. */
const PATIENCE_MS = 10_000;
/** As long as a call takes to arrive on a busy machine, and shorter than an answer that drips. */
const IMPATIENCE_MS = 1_000;

async function send(
  url: string,
  method: "GET" | "POST",
  parameters: Record<string, unknown>,
  patienceMs = PATIENCE_MS,
): Promise<Result> {
  const { pathname } = new URL(url);
  try {
    const response = await fetch(url, {
      method,
      headers: signedHeaders(emulator, method, pathname, parameters),
      ...(method === "POST" && { body: JSON.stringify(parameters) }),
      redirect: "manual",
      signal: AbortSignal.timeout(patienceMs),
    });
    const { status, headers } = response;
    return { status, text: await response.text(), location: headers.get("location") };
  } catch (error) {
    const { name, cause } = error as { name: string; cause?: { code?: string } };
    return { error: cause?.code ?? name };
  }
}

const removal = (externalIds: readonly string[], patienceMs?: number) =>
  send(
    `${emulator.url}/api/v3/delete-users-batch`,
    "POST",
    { userIds: externalIds, options: { userIdType: "external_id" } },
    patienceMs,
  );
const lookUp = (username: string) =>
  send(`${emulator.url}/api/v3/get-user?userId=${username}&userIdType=username`, "GET", {
    userId: username,
    userIdType: "username",
  });

const text = (part: string) => expect.objectContaining({ status: 200, text: expect.stringContaining(part) });

/** What the caller gets who waits for the end of an answer in vain. */
const NO_ANSWER = { error: "TimeoutError" };

const page = (status: number, body: string, location: string | null = null) => ({
  status,
  text: body,
  location,
});

interface Fault {
  /** What the caller gets, in words. */
  readonly answer: string;
  readonly effect: Effect;
  /** What the caller gets. */
  readonly result: unknown;
}

const TAKES_EFFECT: readonly Fault[] = [
  {
    answer: "GenAuth's failure, although it carried the call out",
    effect: { kind: "answer", statusCode: 500, carriedOut: true },
    result: text(`"statusCode":500`),
  },
  {
    answer: "a gateway's late failure",
    effect: { kind: "http", status: 504, body: "late", carriedOut: true },
    result: page(504, "late"),
  },
  {
    answer: "a broken connection",
    effect: { kind: "reset", carriedOut: true },
    result: { error: "ECONNRESET" },
  },
  { answer: "none", effect: { kind: "hang", carriedOut: true }, result: NO_ANSWER },
  { answer: "a late one", effect: { kind: "slow", ms: 1 }, result: text(`"data":{"success":true}`) },
  {
    answer: "one byte after the other, too slow to wait for",
    effect: { kind: "drip", everyMs: 100 },
    result: NO_ANSWER,
  },
  {
    answer: "one byte after the other, in time",
    effect: { kind: "drip", everyMs: 0 },
    result: text(`"data":{"success":true}`),
  },
  {
    answer: "that it did not succeed",
    effect: { kind: "successFalse", carriedOut: true },
    result: text(`"data":{"success":false}`),
  },
  {
    answer: "a part of a JSON document",
    effect: { kind: "truncated", carriedOut: true },
    result: text(`{"statusCode":200`),
  },
  {
    answer: "JSON that is said to be something else",
    effect: { kind: "wrongContentType" },
    result: text(`"data":{"success":true}`),
  },
];

const TAKES_NO_EFFECT: readonly Fault[] = [
  {
    answer: "GenAuth's failure, with a code and a message of its own",
    effect: { kind: "answer", statusCode: 503, apiCode: 9, message: "No." },
    result: text(`{"statusCode":503,"message":"No.","apiCode":9`),
  },
  {
    answer: "a gateway's page",
    effect: { kind: "http", status: 502 },
    result: page(502, "<html><h1>502</h1></html>"),
  },
  { answer: "a broken connection", effect: { kind: "reset" }, result: { error: "ECONNRESET" } },
  { answer: "none", effect: { kind: "hang" }, result: NO_ANSWER },
  {
    answer: "that it did not succeed",
    effect: { kind: "successFalse" },
    result: text(`"data":{"success":false}`),
  },
  { answer: "a false success", effect: { kind: "lie" }, result: text(`"data":{"success":true}`) },
  { answer: "an empty page", effect: { kind: "emptyBody" }, result: page(200, "") },
  {
    answer: "more than anybody reads",
    effect: { kind: "hugeBody", bytes: 1000 },
    result: page(200, JSON.stringify("x".repeat(998))),
  },
  {
    answer: "another address",
    effect: { kind: "redirect", location: "http://elsewhere.example/" },
    result: page(302, "", "http://elsewhere.example/"),
  },
];

/** Deletes user001 by a call to which the fault happens. */
async function removeWith({ effect, result }: Fault): Promise<void> {
  const rule = emulator.faults.add({ on: "delete-users-batch", then: effect });
  expect(await removal(["HR-user001"], result === NO_ANSWER ? IMPATIENCE_MS : PATIENCE_MS)).toEqual(result);
  expect(rule.applied).toBe(1);
  expect(emulator.calls).toMatchObject([{ ids: ["HR-user001"], userIdType: "external_id" }]);
}

test.each(TAKES_EFFECT)("a deletion takes effect, and the answer is $answer", async (fault) => {
  await removeWith(fault);
  expect(emulator.pool.find("user001", "username")).toBeUndefined();
});

test.each(TAKES_NO_EFFECT)("a deletion takes no effect, and the answer is $answer", async (fault) => {
  await removeWith(fault);
  expect(emulator.pool.find("user001", "username")).toMatchObject({ username: "user001" });
});

test("a false success keeps only the users that its rule names, by ids of any type", async () => {
  emulator.faults.add({ ids: ["user002@example.com"], then: { kind: "lie" } });
  await removal(["HR-user001", "HR-user002"]);
  expect(emulator.pool.list().map(({ username }) => username)).toEqual(["user002", "user003"]);
});

test("a look-up omits only the users that the rule names", async () => {
  emulator.faults.add({ ids: ["+8613800000002"], then: { kind: "omit" } });
  expect(await lookUp("user001")).toEqual(text(`"username":"user001"`));
  expect(await lookUp("user002")).toEqual(text(`"apiCode":2004`));
});

test("a refused user fails the calls that name it, and no others", async () => {
  emulator.faults.add({
    on: "delete-users-batch",
    ids: ["lark:ou_user002"],
    then: { kind: "answer", statusCode: 422 },
  });
  expect(await removal(["HR-user001", "HR-user002"])).toEqual(text(`"statusCode":422`));
  expect(emulator.pool.size).toBe(3);
  expect(await removal(["HR-user001"])).toEqual(text(`"success":true`));
  expect(emulator.pool.size).toBe(2);
});

test("rules count matching calls, stop after their limit, and can be removed", async () => {
  const answer = (statusCode: number) => ({ kind: "answer", statusCode }) as const;
  const statuses = async (count: number) => {
    for (let call = 0; call < count; call += 1) await lookUp("user001");
    return emulator.calls.slice(-count).map(({ statusCode }) => statusCode);
  };
  emulator.faults.add({ on: "delete-users-batch", then: answer(501) });
  emulator.faults.add({ on: ["get-user", "list-users"], nth: 2, then: answer(500) });
  emulator.faults.add({ nth: [3, 5], then: answer(502) });
  expect(await statuses(6)).toEqual([200, 500, 502, 200, 502, 200]);

  emulator.faults.clear();
  emulator.faults.add({ times: 2, then: answer(503) });
  expect(await statuses(3)).toEqual([503, 503, 200]);
  const last = emulator.faults.add({ then: answer(429) });
  expect(await statuses(1)).toEqual([429]);
  last.remove();
  expect(await statuses(1)).toEqual([200]);
});

test("a rule may apply for some time, from the first matching call", async () => {
  emulator.faults.add({ on: "get-user", forMs: 200, then: { kind: "answer", statusCode: 503 } });
  await new Promise((resolve) => setTimeout(resolve, 250));
  const status = async () => {
    await lookUp("user001");
    return emulator.calls.at(-1)?.statusCode;
  };
  expect(await status()).toBe(503);
  // With pauses, because the emulator admits 150 requests per second.
  while ((await status()) === 503) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await status()).toBe(200);
});

test("closing does not wait for requests without a complete answer", async () => {
  emulator.faults.add({ nth: 1, then: { kind: "hang" } });
  emulator.faults.add({ nth: 2, then: { kind: "drip", everyMs: 100_000 } });
  emulator.faults.add({ nth: 3, then: { kind: "slow", ms: 100_000 } });
  const { pathname } = new URL(`${emulator.url}/api/v3/get-user`);
  const results = [1, 2, 3].map(() =>
    fetch(`${emulator.url}${pathname}?userId=a`, {
      headers: signedHeaders(emulator, "GET", pathname, { userId: "a" }),
    })
      .then((response) => response.text())
      .catch(() => "cut off"),
  );
  while (emulator.calls.length < 3) await new Promise(setImmediate);
  await emulator.close();
  expect(await Promise.all(results)).toEqual(["cut off", "cut off", "cut off"]);
});

test("an outage refuses every connection until its time is over", async () => {
  emulator.faults.add({ times: 1, then: { kind: "outage", ms: 500 } });
  expect(await removal(["HR-user001"])).toEqual({
    error: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/),
  });
  expect(await removal(["HR-user001"])).toEqual({ error: "ECONNREFUSED" });
  let result = await removal(["HR-user001"]);
  while ("error" in result) result = await removal(["HR-user001"]);
  expect(result.status).toBe(200);
  expect(emulator.pool.size).toBe(2);
});
