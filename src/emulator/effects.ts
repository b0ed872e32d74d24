import { refusal, success } from "./answer";
import { JSON_TYPE, send } from "./exchange";
import type { Exchange } from "./exchange";
import type { Effect, FaultRule } from "./faults";

type EffectOf<Kind extends Effect["kind"]> = Extract<Effect, { kind: Kind }>;

type Player<Kind extends Effect["kind"]> = (
  exchange: Exchange,
  effect: EffectOf<Kind>,
  ids: FaultRule["ids"],
) => Promise<void> | void;

/** How each effect is played. */
const players: { readonly [Kind in Effect["kind"]]: Player<Kind> } = {
  answer(exchange, { statusCode, apiCode, message = `Fault: ${statusCode}`, headers, deed }) {
    if (deed) exchange.carryOut();
    const body = exchange.serialise(refusal(statusCode, message, apiCode));
    send(exchange.response, 200, body, JSON_TYPE, headers);
  },
  http(
    exchange,
    { status, body = `<html><h1>${status}</h1></html>`, contentType = "text/html", headers, deed },
  ) {
    if (deed) exchange.carryOut();
    exchange.noteStatus(status);
    send(exchange.response, status, body, contentType, headers);
  },
  reset(exchange, { after }) {
    if (after) exchange.carryOut();
    exchange.response.socket?.resetAndDestroy();
  },
  hang(exchange, { deed }) {
    if (deed) exchange.carryOut();
  },
  late(exchange, { ms }) {
    send(exchange.response, 200, exchange.serialise(exchange.carryOut({ showForMs: ms })));
  },
  async slow(exchange, { ms }) {
    await exchange.sleep(ms);
    answerRightly(exchange);
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
  successFalse(exchange, { deed }) {
    if (deed) exchange.carryOut();
    send(exchange.response, 200, exchange.serialise(success({ success: false })));
  },
  lie: passOver,
  omit: passOver,
  truncated(exchange, { deed }) {
    const body = exchange.serialise(deed ? exchange.carryOut() : success({ success: true }));
    send(exchange.response, 200, body.slice(0, body.length / 2));
  },
  emptyBody(exchange, { deed }) {
    if (deed) exchange.carryOut();
    exchange.noteStatus(200);
    send(exchange.response, 200, "");
  },
  wrongContentType(exchange) {
    send(exchange.response, 200, exchange.serialise(exchange.carryOut()), "text/html");
  },
  hugeBody(exchange, { bytes, deed }) {
    if (deed) exchange.carryOut();
    exchange.noteStatus(200);
    send(exchange.response, 200, JSON.stringify("x".repeat(bytes - 2)));
  },
  async outage(exchange, { ms }) {
    await exchange.goAway(ms);
  },
  redirect(exchange, { location, status = 302 }) {
    exchange.noteStatus(status);
    send(exchange.response, status, "", "text/html", { location });
  },
};

/** Answers a request as a rule says. */
export async function play({ then: effect, ids }: FaultRule, exchange: Exchange): Promise<void> {
  await playerOf(effect)(exchange, effect, ids);
}

/** Carries the call out and answers as the API does when all is well. */
export function answerRightly(exchange: Exchange): void {
  send(exchange.response, 200, exchange.serialise(exchange.carryOut()));
}

function passOver(exchange: Exchange, _effect: Effect, ids: FaultRule["ids"]): void {
  send(exchange.response, 200, exchange.serialise(exchange.carryOut({ passOver: ids ?? "everybody" })));
}

/** The table's entry for an effect; by its shape each player takes the effect of its own kind. */
function playerOf<Kind extends Effect["kind"]>(effect: EffectOf<Kind>): Player<Kind> {
  return players[effect.kind];
}
