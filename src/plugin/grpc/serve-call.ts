import type { ServerHttp2Stream } from "node:http2";
import type { Call } from "./call";
import { MessageAssembler } from "./message-frame";
import type { OpenMethod, UnaryMethod } from "./method";
import { STATUS, StatusError } from "./status";

/**
 * Carries one message to a method, and its answer back.
 *
 * @param timeout milliseconds after which the client is told that it took too long; what was begun goes on
 */
export function serveUnary(
  stream: ServerHttp2Stream,
  call: Call,
  method: UnaryMethod,
  timeout: number | undefined,
): void {
  const messages: Uint8Array[] = [];
  receive(
    stream,
    call,
    (message) => messages.push(message),
    async () => {
      const [request, ...more] = messages;
      if (!request || more.length > 0) throw new StatusError(STATUS.internal, "The call takes one message.");
      call.send(await method.answer(request));
      call.end();
    },
  );
  if (timeout === undefined) return;
  const timer = setTimeout(
    () => call.fail(new StatusError(STATUS.deadlineExceeded, "It took too long.")),
    timeout,
  );
  stream.on("close", () => clearTimeout(timer));
}

/** Keeps a call open, and hands each message of the client to a method. */
export function serveOpen(stream: ServerHttp2Stream, call: Call, method: OpenMethod): void {
  call.open();
  receive(
    stream,
    call,
    (message) => method.receive(message, (answer) => call.send(answer)),
    () => undefined,
  );
}

/**
 * Hands on each message, and the end of them. What either throws ends the call; of a call that is over or was broken off,
 * nothing more is handed on.
 */
function receive(
  stream: ServerHttp2Stream,
  call: Call,
  onMessage: (message: Uint8Array) => void,
  onEnd: () => Promise<void> | undefined,
): void {
  const assembler = new MessageAssembler();
  stream.on("data", (piece: Buffer) => {
    if (call.isOver) return;
    try {
      for (const message of assembler.push(piece)) onMessage(message);
    } catch (thrown) {
      call.fail(thrown);
    }
  });
  stream.on("end", () => {
    if (call.isOver || stream.aborted) return;
    if (assembler.isWithinMessage) call.fail(new StatusError(STATUS.internal, "A message ends too early."));
    else onEnd()?.catch((thrown: unknown) => call.fail(thrown));
  });
}
