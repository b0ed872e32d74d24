import type { ServerResponse } from "node:http";
import { type Answer, refusal, success } from "./answer";

/** A fault, as data. `carriedOut` says whether the call is carried out although its answer is lost; default `false`. */
export type Effect =
  /** Answers with this status in the body, HTTP 200. */
  | {
      readonly kind: "answer";
      readonly statusCode: number;
      readonly apiCode?: number;
      readonly message?: string;
      /** Such as `{ "retry-after": "5" }`. */
      readonly headers?: Readonly<Record<string, string>>;
      readonly carriedOut?: boolean;
    }
  /** Answers with a real HTTP status, as a gateway does; default body a small HTML page. */
  | {
      readonly kind: "http";
      readonly status: number;
      readonly body?: string;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly carriedOut?: boolean;
    }
  /** Resets the connection, before or after the call is carried out. */
  | { readonly kind: "reset"; readonly after: boolean }
  /** Never answers. */
  | { readonly kind: "hang"; readonly carriedOut?: boolean }
  /** Carries a change out and answers correctly, but look-ups still show the users as they were for some milliseconds. */
  | { readonly kind: "late"; readonly ms: number }
  /** Carries the call out and answers correctly, but late by some milliseconds. */
  | { readonly kind: "slow"; readonly ms: number }
  /**
   * Carries the call out, then sends the answer byte by byte, with a pause in milliseconds between them; default 1000.
   */
  | { readonly kind: "drip"; readonly everyMs?: number }
  /** Answers 200 with `data.success` false. */
  | { readonly kind: "successFalse"; readonly carriedOut?: boolean }
  /**
   * A change that reports success and leaves the users that the rule's `ids` name as they are, or all of them without `ids`.
   */
  | { readonly kind: "lie" }
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

/** How a call deviates from the API. */
export interface Deviation {
  /** The users that a look-up omits, or a change leaves as they are. */
  readonly passOver?: readonly string[] | "everybody";
  /** For how many milliseconds look-ups still show the users as they were; default: the pool's delay. */
  readonly showForMs?: number;
}

/** One admitted request, and the means to answer it. */
export interface Exchange {
  carryOut(deviation?: Deviation): Answer;
  /** Makes the answer's JSON text, with a request id, and notes the answer in the received call. */
  serialise(answer: Answer): string;
  /** Notes an HTTP status that was answered without an envelope. */
  noteStatus(status: number): void;
  readonly response: ServerResponse;
  /** Waits. Never settles if the emulator closes. */
  sleep(ms: number): Promise<void>;
  /** Resets every connection and accepts none for some milliseconds. */
  goOffline(ms: number): Promise<void>;
}

const JSON_TYPE = "application/json; charset=utf-8";

export function send(
  response: ServerResponse,
  status: number,
  body: string,
  contentType: string = JSON_TYPE,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

type EffectOf<Kind extends Effect["kind"]> = Extract<Effect, { kind: Kind }>;

type Applier<Kind extends Effect["kind"]> = (
  exchange: Exchange,
  effect: EffectOf<Kind>,
  ids: readonly string[] | undefined,
) => Promise<void> | void;

const appliers: { readonly [Kind in Effect["kind"]]: Applier<Kind> } = {
  answer(exchange, { statusCode, apiCode, message = `Fault: ${statusCode}`, headers, carriedOut }) {
    if (carriedOut) exchange.carryOut();
    const body = exchange.serialise(refusal(statusCode, message, apiCode));
    send(exchange.response, 200, body, JSON_TYPE, headers);
  },
  http(
    exchange,
    { status, body = `<html><h1>${status}</h1></html>`, contentType = "text/html", headers, carriedOut },
  ) {
    if (carriedOut) exchange.carryOut();
    exchange.noteStatus(status);
    send(exchange.response, status, body, contentType, headers);
  },
  reset(exchange, { after }) {
    if (after) exchange.carryOut();
    exchange.response.socket?.resetAndDestroy();
  },
  hang(exchange, { carriedOut }) {
    if (carriedOut) exchange.carryOut();
  },
  late(exchange, { ms }) {
    send(exchange.response, 200, exchange.serialise(exchange.carryOut({ showForMs: ms })));
  },
  async slow(exchange, { ms }) {
    await exchange.sleep(ms);
    answerCorrectly(exchange);
  },
  async drip(exchange, { everyMs = 1000 }) {
    const body = Buffer.from(exchange.serialise(exchange.carryOut()));
    exchange.response.writeHead(200, { "content-type": JSON_TYPE, "content-length": body.length });
    for (const byte of body) {
      exchange.response.write(Buffer.of(byte));
      await exchange.sleep(everyMs);
    }
    exchange.response.end();
  },
  successFalse(exchange, { carriedOut }) {
    if (carriedOut) exchange.carryOut();
    send(exchange.response, 200, exchange.serialise(success({ success: false })));
  },
  lie: passOver,
  omit: passOver,
  truncated(exchange, { carriedOut }) {
    const body = exchange.serialise(carriedOut ? exchange.carryOut() : success({ success: true }));
    send(exchange.response, 200, body.slice(0, body.length / 2));
  },
  emptyBody(exchange, { carriedOut }) {
    if (carriedOut) exchange.carryOut();
    exchange.noteStatus(200);
    send(exchange.response, 200, "");
  },
  wrongContentType(exchange) {
    send(exchange.response, 200, exchange.serialise(exchange.carryOut()), "text/html");
  },
  hugeBody(exchange, { bytes, carriedOut }) {
    if (carriedOut) exchange.carryOut();
    exchange.noteStatus(200);
    send(exchange.response, 200, JSON.stringify("x".repeat(bytes - 2)));
  },
  async outage(exchange, { ms }) {
    await exchange.goOffline(ms);
  },
  redirect(exchange, { location, status = 302 }) {
    exchange.noteStatus(status);
    send(exchange.response, status, "", "text/html", { location });
  },
};

/**
 * Answers a request with a fault.
 *
 * @param ids the users concerned, if the fault concerns only some
 */
export async function applyEffect(
  effect: Effect,
  ids: readonly string[] | undefined,
  exchange: Exchange,
): Promise<void> {
  await applierOf(effect)(exchange, effect, ids);
}

/** Carries the call out and answers as the API does. */
export function answerCorrectly(exchange: Exchange): void {
  send(exchange.response, 200, exchange.serialise(exchange.carryOut()));
}

function passOver(exchange: Exchange, _effect: Effect, ids?: readonly string[]): void {
  send(exchange.response, 200, exchange.serialise(exchange.carryOut({ passOver: ids ?? "everybody" })));
}

/** The table's entry for an effect. The type parameter ties the entry to the effect's kind. */
function applierOf<Kind extends Effect["kind"]>(effect: EffectOf<Kind>): Applier<Kind> {
  return appliers[effect.kind];
}
