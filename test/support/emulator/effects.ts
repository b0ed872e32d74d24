import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type EmulatedCall,
  type Fault,
  type EmulatedReply,
  replyTo,
  send,
  success,
} from "../../../src/emulator";
import { mapUsers } from "./answers";

/** A fault, as data: those of the emulator, and those that only tests need. */
export type Effect =
  | Fault
  /** Never answers. */
  | { readonly kind: "hang"; readonly carriedOut?: boolean }
  /** Carries a change out and answers correctly, but look-ups still show the users as they were for some milliseconds. */
  | { readonly kind: "late"; readonly ms: number }
  /** Carries the call out, then sends the answer byte by byte, with a pause in milliseconds; default 1000. */
  | { readonly kind: "drip"; readonly everyMs?: number }
  /** Answers 200 with `data.success` false. */
  | { readonly kind: "successFalse"; readonly carriedOut?: boolean }
  /** A look-up that omits the users that the rule's `ids` name, or all of them without `ids`. */
  | { readonly kind: "omit" }
  /** Cuts the answer's JSON in half. */
  | { readonly kind: "truncated"; readonly carriedOut?: boolean }
  /** Answers HTTP 200 with an empty body. */
  | { readonly kind: "emptyBody"; readonly carriedOut?: boolean }
  /** Carries the call out and answers correctly, but as `text/html`. */
  | { readonly kind: "wrongContentType" }
  /** Answers with a JSON string of that many bytes. */
  | { readonly kind: "hugeBody"; readonly bytes: number; readonly carriedOut?: boolean }
  /** Resets every connection and accepts none for some milliseconds. */
  | { readonly kind: "outage"; readonly ms: number }
  /** Redirects the client; default status 302. */
  | { readonly kind: "redirect"; readonly location: string; readonly status?: number };

/**
 * What a call gets instead of its answer.
 *
 * @param ids the users concerned, if the fault concerns only some
 */
export function applyEffect(
  effect: Effect,
  call: EmulatedCall,
  ids?: readonly string[],
): EmulatedReply | Promise<EmulatedReply> {
  const isCarriedOut = "carriedOut" in effect && effect.carriedOut === true;
  const carryOut = () => (isCarriedOut ? call.carryOut() : success({ success: true }));
  switch (effect.kind) {
    case "hang":
      carryOut();
      return () => undefined;
    case "late":
      return whileLate(call, effect.ms);
    case "drip":
      return async (response, textOf) => {
        const body = Buffer.from(textOf(call.carryOut()));
        response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
        for (const byte of body) {
          response.write(Buffer.of(byte));
          await call.sleep(effect.everyMs ?? 1000);
        }
        response.end();
      };
    case "successFalse":
      carryOut();
      return success({ success: false });
    case "omit":
      return withoutUsers(call, ids);
    case "truncated": {
      const answer = carryOut();
      return (response, textOf) => {
        const body = textOf(answer);
        send(response, body.slice(0, body.length / 2));
      };
    }
    case "emptyBody":
      carryOut();
      return (response) => send(response, "");
    case "wrongContentType":
      return (response, textOf) => send(response, textOf(call.carryOut()), { contentType: "text/html" });
    case "hugeBody":
      carryOut();
      return (response) => send(response, JSON.stringify("x".repeat(effect.bytes - 2)));
    case "outage":
      return (response) => goOffline(response, call.sleep(effect.ms));
    case "redirect": {
      const { location, status = 302 } = effect;
      return (response) => send(response, "", { status, contentType: "text/html", headers: { location } });
    }
    default:
      return replyTo(call, effect, ids);
  }
}

function whileLate({ pool, carryOut }: EmulatedCall, ms: number): EmulatedReply {
  const before = pool.consistencyDelayMs;
  pool.consistencyDelayMs = ms;
  try {
    return carryOut();
  } finally {
    pool.consistencyDelayMs = before;
  }
}

/** Carries a look-up out for the other users only. */
function withoutUsers(call: EmulatedCall, ids: readonly string[] | undefined): EmulatedReply {
  const omitted = new Set(ids?.flatMap((id) => call.pool.findByAnyId(id)).map(({ userId }) => userId));
  return mapUsers(call.carryOut(), (user) =>
    ids === undefined || omitted.has(user.userId) ? undefined : user,
  );
}

/** Refuses connections for a while, like a server that restarts. */
async function goOffline(response: ServerResponse, over: Promise<void>): Promise<void> {
  // Node gives each connection its server, and does not say so in its types.
  const { server } = response.socket as unknown as { readonly server: Server };
  const { port, address } = server.address() as AddressInfo;
  server.close();
  server.closeAllConnections();
  await over;
  server.listen(port, address);
}
