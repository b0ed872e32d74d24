import type { ServerResponse } from "node:http";
import type { Answer } from "./answer";
import type { FaultRule } from "./faults";

/** One request that passed the gate, and the means to answer it, rightly or not. */
export interface Exchange {
  /** Carries the call out; users for whom `passOver` says so are left out of a look-up, or kept by a deletion. */
  carryOut(passOver?: FaultRule["ids"] | "everybody"): Answer;
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
