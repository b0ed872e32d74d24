import { EventEmitter, once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import http from "node:http";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, jest, test } from "@jest/globals";
import { GUARD_REFUSED, GUARD_REFUSES_ALL, GUARD_VERSION, GuardHeader, type Reply } from "../../../src/api";
import { isRoot } from "../../../src/guard";
import { listen, type RequestHandler } from "../../../src/guard/listener";
import type { OsUser } from "../../../src/guard/os-user";
import { leaveUndecided, refuse, refuseAll, type Ruling } from "../../../src/guard/ruling";
import { closing, newFolder } from "../../support/at-end";

/** Where a guard listens, and what it passes on of an answer. */

/** The user of the command that runs under the guard. */
const commandsUser: OsUser = { name: "engine", uid: 12_345, gid: 12_346, home: "/" };
const whenRoot = isRoot() ? test : test.skip;

/** Starts a guard that answers nobody. */
async function startAt(path: string, owner?: OsUser): Promise<void> {
  closing(await listen(path, () => Promise.resolve({ kind: "abandoned" }), owner));
}

describe("a guard listens", () => {
  test("at a path of 103 bytes, the longest that every system allows, and at no longer one", async () => {
    const folder = newFolder();
    const room = 103 - Buffer.byteLength(`${folder}/éé`);
    const path = `${folder}/éé${"x".repeat(room)}`;
    expect(path).toHaveLength(101); // Each é is one character, and two bytes.
    await startAt(path);
    await expect(startAt(`${path}x`)).rejects.toThrow("is longer than 103 bytes, which the system allows");
  });

  test("in the place of a socket at which nobody listens any more", async () => {
    const path = join(newFolder(), "s");
    const killed = createServer().listen(`${path}.killed`);
    await once(killed, "listening");
    // Its end removes the socket by its first name.
    renameSync(`${path}.killed`, path);
    await once(killed.close(), "close");
    expect(statSync(path).isSocket()).toBe(true);
    await startAt(path);
    await once(connect(path), "connect");
  });

  test("and leaves the permissions of files that are made afterwards as they were", async () => {
    const folder = newFolder();
    const modeOfNewFile = (name: string): number => {
      writeFileSync(join(folder, name), "");
      return statSync(join(folder, name)).mode;
    };
    const before = modeOfNewFile("before");
    await startAt(join(folder, "s"));
    expect(modeOfNewFile("after")).toBe(before);
    await expect(startAt(join(folder, "absent", "s"))).rejects.toThrow("Its folder must exist");
    expect(modeOfNewFile("after a failure")).toBe(before);
  });
});

describe("a guard does not listen", () => {
  test("in the place of a file, which stays", async () => {
    const path = join(newFolder(), "notes");
    writeFileSync(path, "mine");
    await expect(startAt(path)).rejects.toThrow("notes is no socket. Choose another path with --listen");
    expect(readFileSync(path, "utf8")).toBe("mine");
  });

  test("in the place of another guard, which goes on", async () => {
    const path = join(newFolder(), "s");
    await startAt(path);
    await expect(startAt(path)).rejects.toThrow(`Another guard listens at ${path}.`);
    await once(connect(path), "connect");
  });

  test.each([
    ["in a folder", "everybodys"],
    ["below a folder", "everybodys/ours"],
  ])("%s in which the command's user could put another file in the socket's place", async (_, its) => {
    const base = newFolder();
    const folder = join(base, its);
    mkdirSync(folder, { recursive: true });
    chmodSync(join(base, "everybodys"), 0o777);
    await expect(startAt(join(folder, "s"), commandsUser)).rejects.toThrow("may write to its folder");
    expect(readdirSync(folder)).toEqual([]);
  });
});

whenRoot("the command's user gets the socket", async () => {
  const path = join(newFolder(), "s");
  await startAt(path, commandsUser);
  expect(statSync(path)).toMatchObject({ uid: commandsUser.uid, gid: commandsUser.gid });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

describe("the answer to a request", () => {
  /** Sends a request to a guard that decides so on it. */
  async function answerTo(ruling: Ruling) {
    const socketPath = join(newFolder(), "s");
    closing(await listen(socketPath, () => Promise.resolve(ruling)));
    const headers = { [GuardHeader.VERSION]: GUARD_VERSION };
    const request = http.request({ socketPath, method: "POST", path: "/", headers }).end("{}");
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    return { status: response.statusCode, headers: response.headers, text: await text(response) };
  }

  const reply: Reply = {
    kind: "answer",
    status: 503,
    text: '{"statusCode":503}',
    date: "Tue, 01 Dec 2026 12:00:00 GMT",
    retryAfter: "7",
    location: "/elsewhere",
  };

  test("is GenAuth's, with all that a client reads of it", async () => {
    const answer = await answerTo({ kind: "sent", reply });
    expect(answer).toMatchObject({
      status: 503,
      text: reply.text,
      headers: {
        [GuardHeader.VERSION]: GUARD_VERSION,
        "content-type": "application/json",
        date: reply.date,
        "retry-after": "7",
        location: "/elsewhere",
      },
    });
    expect(answer.headers).not.toHaveProperty(GuardHeader.CAUSE);
  });

  test("has no header that GenAuth's does not have", async () => {
    const bare = { ...reply, date: undefined, retryAfter: undefined, location: undefined };
    const { headers } = await answerTo({ kind: "sent", reply: bare });
    // By its date, the client would take the guard's clock for GenAuth's.
    for (const name of ["date", "retry-after", "location"]) expect(headers).not.toHaveProperty(name);
  });

  test("says why GenAuth gave none", async () => {
    const none: Reply = { kind: "none", cause: "connection_lost", reason: "the connection broke" };
    expect(await answerTo({ kind: "sent", reply: none })).toMatchObject({
      status: 502,
      headers: { [GuardHeader.VERSION]: GUARD_VERSION, [GuardHeader.CAUSE]: "connection_lost" },
      text: "the connection broke",
    });
  });

  test("says why the guard could not decide", async () => {
    expect(await answerTo(leaveUndecided("too late"))).toMatchObject({
      status: 502,
      headers: { [GuardHeader.CAUSE]: "guard_undecided" },
      text: "too late",
    });
  });

  test.each([
    { what: "this call", ruling: refuse("no"), apiCode: GUARD_REFUSED },
    { what: "every call of the client", ruling: refuseAll("no"), apiCode: GUARD_REFUSES_ALL },
  ])("says that $what is refused", async ({ ruling, apiCode }) => {
    const answer = await answerTo(ruling);
    expect(answer).toMatchObject({
      status: 403,
      headers: { [GuardHeader.VERSION]: GUARD_VERSION, "content-type": "application/json" },
    });
    expect(JSON.parse(answer.text)).toEqual({ statusCode: 403, apiCode, message: "no" });
  });

  test("never comes if the request is abandoned: the guard ends the connection", async () => {
    await expect(answerTo({ kind: "abandoned" })).rejects.toThrow("socket hang up");
  });
});

describe("while a request is decided on", () => {
  const REQUEST = `POST / HTTP/1.1\r\nhost: guard\r\n${GuardHeader.VERSION}: ${GUARD_VERSION}\r\ncontent-length: 2\r\n\r\n{}`;

  /** Rejects if the signal does not fire within two seconds. */
  const fired = (signal: AbortSignal) => once(signal, "abort", { signal: AbortSignal.timeout(2_000) });

  /** A guard that refuses a request 100 ms after its signal has fired. */
  async function startUndecided() {
    const path = join(newFolder(), "s");
    const begun = new EventEmitter<{ decision: [AbortSignal] }>();
    const decide = jest.fn<RequestHandler>(async (_, signal) => {
      begun.emit("decision", signal);
      await fired(signal);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return refuse("too late");
    });
    const listener = closing(await listen(path, decide));
    const client = connect(path);
    const beginDecision = async (): Promise<AbortSignal> => {
      client.write(REQUEST);
      const [signal] = (await once(begun, "decision")) as [AbortSignal];
      return signal;
    };
    return { listener, client, decide, beginDecision };
  }

  test("the guard learns that its client hangs up", async () => {
    const { client, beginDecision } = await startUndecided();
    const signal = await beginDecision();
    expect(signal.aborted).toBe(false);
    client.destroy();
    await fired(signal);
    expect(signal.aborted).toBe(true);
  });

  test("the end of the guard ends the decision, and a request that comes after it is not decided on", async () => {
    const { listener, client, decide, beginDecision } = await startUndecided();
    const answers = text(client);
    await beginDecision();
    await beginDecision();
    const ended = listener.close();
    client.write(REQUEST); // It arrives within the 100 ms for which the connection stays.
    await ended;
    expect((await answers).match(/too late/g)).toHaveLength(2);
    expect(decide).toHaveBeenCalledTimes(2);
  });
});
