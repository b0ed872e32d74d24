import * as z from "zod";
import { type Clock, systemClock } from "../timing";
import { Caller, resultOf, type Turn } from "./caller";
import { type ApiRequest, CHANGE_DATA } from "./calls";
import { type AttemptError, failureOf } from "./failure";
import { finderBy, type UserFinder } from "./look-ups";
import { checkOptions, type ManagementClientOptions } from "./options";
import { createSender } from "./sender";
import type { Reply } from "./transport";

/** The reply to a request of another process. */
export interface Relayed {
  readonly reply: Reply;
  /** From the request to the end of the answer. */
  readonly milliseconds: number;
  /** What the reply says, without its data. Without a `cause`, it is GenAuth's success. */
  readonly codes: Pick<Partial<AttemptError>, "cause" | "statusCode" | "apiCode" | "requestId">;
}

/** What may be sent in one turn: once each, and one after the other. */
export interface RelayTurn {
  readonly finder: UserFinder;
  relay(request: ApiRequest): Promise<Relayed>;
}

/**
 * Signs and sends the requests of other processes, and look-ups of its own, all at one pace. Only the guard
 * needs it.
 */
export interface Relay {
  /** Where requests go: scheme, name and port. */
  readonly origin: string;
  /** Looks users up in turns of their own, and again as the retry policy says. */
  readonly finder: UserFinder;
  /**
   * Does something once its turn has come. All that is sent in it goes without waiting for anybody else's
   * requests.
   *
   * @returns nothing, and does nothing, if the signal fires before
   */
  inTurn<T>(stop: AbortSignal, work: (turn: RelayTurn) => Promise<T>): Promise<T | undefined>;
  /** Closes the connections. */
  close(): void;
}

/** Creates a relay. @throws OptionError for an invalid option */
export function createRelay(options: ManagementClientOptions, clock: Clock = systemClock): Relay {
  const settings = checkOptions(options);
  const sender = createSender(options, settings, clock);
  const caller = new Caller(settings, sender, clock);
  return {
    origin: settings.origin,
    finder: finderBy((call, stop) => caller.call(call, stop)),
    inTurn: (stop, work) => caller.inTurn((turn) => work(relayTurn(turn)), stop),
    close: () => sender.close(),
  };
}

function relayTurn(turn: Turn): RelayTurn {
  return {
    finder: finderBy(async (call) => {
      const { attempt } = await turn.send(call);
      return "value" in attempt
        ? { ok: true, value: attempt.value }
        : { ok: false, failure: failureOf(attempt.error, call, 1) };
    }),
    async relay(request) {
      const data = CHANGE_DATA.get(request.path) ?? z.unknown();
      const { reply, attempt, milliseconds } = await turn.send({ request, data });
      const { cause, statusCode, apiCode, requestId } = resultOf(attempt);
      return { reply, milliseconds, codes: { cause, statusCode, apiCode, requestId } };
    },
  };
}
