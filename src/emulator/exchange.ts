import type { ServerResponse } from "node:http";
import type { Answer } from "./answer";
import type { FaultRule } from "./faults";

/** How a call is carried out otherwise than it should be. */
export interface Twist {
  /** Whom a look-up leaves out, or a deletion keeps. */
  readonly passOver?: FaultRule["ids"] | "everybody";
  /** For how many milliseconds look-ups still show whom a deletion takes; default as the pool does. */
  readonly showForMs?: number;
}

/** One request that passed the gate, and the means to answer it, rightly or not. */
export interface Exchange {
  /** Carries the call out. */
  carryOut(twist?: Twist): Answer;
  /** Makes the answer's JSON text, with a request id, and notes what was answered. */
  serialise(answer: Answer): string;
  /** Notes an HTTP status that was answered without an envelope. */
  noteStatus(status: number): void;
  readonly response: ServerResponse;
  /** Waits, or gives up when the emulator closes. */
  sleep(ms: number): Promise<void>;
  /** Resets every connection and takes none for that many milliseconds. */
  goAway(ms: number): Promise<void>;
}

/** The content type of the API's answers. */
export const JSON_TYPE = "application/json; charset=utf-8";

/** Sends a whole answer. */
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
