import { lchownSync, lstatSync, rmSync } from "node:fs";
import http from "node:http";
import { connect } from "node:net";
import { once } from "node:events";
import { finished } from "node:stream";
import { GUARD_REFUSED, GUARD_REFUSES_ALL, GUARD_VERSION, GuardHeader } from "../api";
import { parseJson } from "../text";
import type { IncomingRequest } from "./guard";
import { mayReplace, type OsUser } from "./os-user";
import { failed, refuse, refuseAll, type Ruling } from "./ruling";

/**
 * In bytes: far more than 50 ids of the greatest length, and few enough that reading many does not halt the
 * guard for long (docs/guides/trust.md, A5).
 */
const MOST_BODY = 1024 * 1024;

/**
 * The longest path of a Unix socket, in bytes: 104 on macOS (108 on Linux), including the zero byte at its
 * end.
 */
const MOST_PATH = 104 - 1;

/** For one user only. */
const SOCKET_MODE = 0o600;

/** A guard's socket. */
export interface Listener {
  /** Sends nothing more, waits for the answers to what was sent, and ends. */
  close(): Promise<void>;
}

/** Decides on a request; the signal fires when its client has gone. */
export type RequestHandler = (incoming: IncomingRequest, gone: AbortSignal) => Promise<Ruling>;

/**
 * Listens at a Unix socket that only its owner can open. Whatever is no request of this version's client is
 * refused: a backend, a script or a browser may find the socket, too (A2).
 *
 * @param owner who may use it, and must not be able to replace it before it is given away; default this
 *   process's user
 * @throws Error that says what to do, if it cannot listen there
 */
export async function listen(path: string, answer: RequestHandler, owner?: OsUser): Promise<Listener> {
  await makeWay(path);
  if (owner && mayReplace(owner, path))
    throw new Error(
      `The guard does not listen at ${path}: the command's user, who could put another file in its place, may write to its folder. Choose one with --listen where only root can write.`,
    );
  /** The requests that are decided on, until their answers are written. */
  const pending = new Map<Promise<void>, AbortController>();
  let isEnding = false;
  const server = http.createServer((request, response) => {
    const gone = new AbortController();
    // The client has its answer, or has broken off the connection.
    finished(response, () => gone.abort());
    const answered: Promise<void> = decide(request, async (incoming) => {
      if (isEnding) return { kind: "abandoned" };
      pending.set(answered, gone);
      return await answer(incoming, gone.signal);
    })
      .then((ruling) => write(response, ruling))
      // Only reading the request fails here: the client broke it off.
      .catch((cause: unknown) => write(response, failed(cause)))
      .finally(() => pending.delete(answered));
  });
  const umask = process.umask(0o777 & ~SOCKET_MODE);
  try {
    server.listen(path);
    await once(server, "listening");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The guard cannot listen at ${path}: ${reason}. Its folder must exist, and be writable for the guard only.`,
      { cause },
    );
  } finally {
    process.umask(umask);
  }
  // Nothing behind a link that somebody has put there meanwhile: that may be a file with the key (A1).
  if (owner) lchownSync(path, owner.uid, owner.gid);
  return {
    async close() {
      isEnding = true;
      const closed = once(server, "close");
      server.close();
      for (const gone of pending.values()) gone.abort();
      await Promise.allSettled(pending.keys());
      // A program that outlives the command may hold a request that never ends.
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Removes the socket that a killed guard left. @throws Error if something else is there */
async function makeWay(path: string): Promise<void> {
  if (Buffer.byteLength(path) > MOST_PATH)
    throw new Error(
      `The socket's path ${path} is longer than ${MOST_PATH} bytes, which the system allows. Choose a shorter one with --listen.`,
    );
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket())
    throw new Error(`${path} is no socket. Choose another path with --listen, or remove the file.`);
  const connection = connect(path);
  const isInUse = await once(connection, "connect").then(
    () => true,
    () => false,
  );
  connection.destroy();
  if (isInUse)
    throw new Error(
      `Another guard listens at ${path}. Choose another path with --listen, or end that guard.`,
    );
  rmSync(path, { force: true });
}

async function decide(
  request: http.IncomingMessage,
  rule: (incoming: IncomingRequest) => Promise<Ruling>,
): Promise<Ruling> {
  const header = (name: string): string | undefined => request.headersDistinct[name]?.join(", ");
  const version = header(GuardHeader.VERSION);
  if (request.method !== "POST" || version === undefined)
    return refuseAll("it answers the provider and the commands of cdktf-genauth only");
  if (version !== GUARD_VERSION)
    return refuseAll(
      `it is version ${GUARD_VERSION}, and this run has another one. Use one version for both`,
    );
  const body = await readBody(request);
  if (body === undefined) return refuse(`the call is larger than ${MOST_BODY / 1024 / 1024} MiB`);
  return await rule({
    path: request.url ?? "",
    // What is no JSON is refused as a call with an unknown part.
    parameters: parseJson(body),
    host: header(GuardHeader.HOST),
    tenantId: header(GuardHeader.TENANT),
  });
}

function write(response: http.ServerResponse, decision: Ruling): void {
  // The client learns GenAuth's time from the date of its answers; the guard's own is another clock.
  response.sendDate = false;
  response.setHeader(GuardHeader.VERSION, GUARD_VERSION);
  if (decision.kind === "abandoned") {
    response.destroy();
    return;
  }
  if (decision.kind === "refused") {
    const apiCode = decision.all ? GUARD_REFUSES_ALL : GUARD_REFUSED;
    const refusal = { statusCode: 403, apiCode, message: decision.reason };
    response.writeHead(403, { "content-type": "application/json" }).end(JSON.stringify(refusal));
    return;
  }
  const undecided = { kind: "none", cause: "guard_undecided" } as const;
  const reply = decision.kind === "sent" ? decision.reply : { ...undecided, reason: decision.reason };
  if (reply.kind === "none") {
    response.writeHead(502, { [GuardHeader.CAUSE]: reply.cause }).end(reply.reason);
    return;
  }
  const { status, date, retryAfter, location, text: body } = reply;
  const headers = { date, "retry-after": retryAfter, location };
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) response.setHeader(name, value);
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}

/** @returns undefined if the body is too large. The rest of it is read, and not kept. */
async function readBody(request: AsyncIterable<Buffer>): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MOST_BODY) chunks.push(chunk);
  }
  return size <= MOST_BODY ? Buffer.concat(chunks).toString() : undefined;
}
