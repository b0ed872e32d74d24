import type { OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { frameHead } from "./message-frame";
import { STATUS, statusErrorOf } from "./status";

const HEADERS: OutgoingHttpHeaders = { ":status": 200, "content-type": "application/grpc" };

/** What the server says in one call: headers, messages, and how it ended. After the end, nothing is said any more. */
export class Call {
  readonly #stream: ServerHttp2Stream;
  #trailers: OutgoingHttpHeaders = { "grpc-status": STATUS.ok };

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
    stream.on("wantTrailers", () => stream.sendTrailers(this.#trailers));
  }

  /** Tells the client that its call is taken. */
  open(): void {
    if (!this.isOver && !this.#stream.headersSent) this.#stream.respond(HEADERS, { waitForTrailers: true });
  }

  /** Writes one message, in its frame; several make a stream. */
  send(message: Uint8Array): void {
    this.open();
    if (this.isOver) return;
    this.#stream.write(frameHead(message.length));
    this.#stream.write(message);
  }

  /** Ends the call well. */
  end(): void {
    this.open();
    if (!this.isOver) this.#stream.end();
  }

  /** Ends the call with what was thrown; the client need not have sent all that it wanted to. */
  fail(thrown: unknown): void {
    if (this.isOver) return;
    const { status, message } = statusErrorOf(thrown);
    this.#trailers = { "grpc-status": status, "grpc-message": percentEncoded(message) };
    if (this.#stream.headersSent) this.#stream.end();
    else this.#stream.respond({ ...HEADERS, ...this.#trailers }, { endStream: true });
  }

  /** Whether it was ended, or broken off by the client. */
  get isOver(): boolean {
    return this.#stream.destroyed || this.#stream.closed || this.#stream.writableEnded;
  }
}

/** Text as gRPC puts it into a header; lone surrogates, which no UTF-8 has, are replaced. */
function percentEncoded(text: string): string {
  return encodeURI(Buffer.from(text).toString());
}
