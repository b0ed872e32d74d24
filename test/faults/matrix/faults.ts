import type { Effect } from "../../../src/emulator";
import type { Environment } from "../support/managed-set";
import type { WayFault } from "../support/way-outage";
import { WHEN_CARRIED_OUT, HARMLESS, LIE, OF_EVERY_CALL, OF_THIS_CALL, PASSING } from "./expectations";
import type { Expectations } from "./expectations";
import type { Place } from "./place";

/** One fault. */
export interface Fault {
  readonly name: string;
  readonly effect: Effect;
  readonly expected: Expectations;
  /** Where it strikes; default everywhere. */
  readonly places?: readonly Place[];
  /** Whom it is about, by any of their ids; default everybody. */
  readonly ids?: readonly string[];
  /** For how many milliseconds it strikes every call, from the one on where it begins; default that call only. */
  readonly forMs?: number;
  /** What fails on the way to the server, from the first time on that it strikes. */
  readonly way?: WayFault;
  /** For how many milliseconds its traces stay, which the undisturbed run then waits for. */
  readonly calmMs?: number;
  /** Further variables of the processes. */
  readonly environment?: Environment;
  /** Whether it takes too long for `npm test`. */
  readonly long?: true;
}

function answers(expected: Expectations, ...codes: (readonly [status: number, apiCode?: number])[]): Fault[] {
  return codes.map(([statusCode, apiCode]) => ({
    name: apiCode === undefined ? `answers ${statusCode}` : `answers ${statusCode}, apiCode ${apiCode}`,
    effect: { kind: "answer", statusCode, ...(apiCode !== undefined && { apiCode }) },
    expected,
  }));
}

function pages(expected: Expectations, ...statuses: readonly number[]): Fault[] {
  return statuses.map((status) => ({
    name: `HTTP ${status} with a page`,
    effect: { kind: "http", status },
    expected,
  }));
}

/** An answer that may be spoiled before or after the call is carried out. */
function spoiled(
  name: string,
  effect: (carriedOut: boolean) => Effect,
  before: Expectations,
  environment: Environment = {},
): Fault[] {
  return [
    { name, effect: effect(false), expected: before, environment },
    { name: `${name}, carried out`, effect: effect(true), expected: WHEN_CARRIED_OUT, environment },
  ];
}

/** For answers that do not come: nobody waits for them for longer. Other answers may be late on a busy machine. */
const IMPATIENT: Environment = { GENAUTH_TIMEOUT_SECONDS: "4" };

/** More than the client takes, which is 16 MiB. */
const HUGE = 17 * 1024 * 1024;

/** Every fault, and what it comes to. The codes are those of the reference of GenAuth's API. */
export const FAULTS: readonly Fault[] = [
  ...answers(PASSING, [429], [500], [502], [503], [504], [601], [602], [400, 1306]),
  ...answers(OF_THIS_CALL, [400], [404], [409], [413], [422], [499], [501], [603]),
  {
    // "There is no such user" for every look-up: of everybody at once that is not believed.
    ...answers({}, [404, 2004])[0],
    name: "answers 404, apiCode 2004",
    effect: { kind: "answer", statusCode: 404, apiCode: 2004 },
    expected: {
      ...OF_THIS_CALL,
      "look-up before": { once: "mended", always: "refused" },
      "read-back": { once: "mended", always: "mended" },
    },
  },
  ...answers(OF_EVERY_CALL, [401], [402], [403], [401, 2020], [404, 2224], [400, 4021]),
  ...answers(OF_EVERY_CALL, [400, 1300], [400, 1301], [400, 1302], [400, 1303], [400, 1304]),
  {
    name: "answers 401, apiCode 1305: a clock is off",
    effect: { kind: "answer", statusCode: 401, apiCode: 1305 },
    expected: OF_EVERY_CALL,
  },
  ...pages(PASSING, 429, 500, 502, 503, 504, 408),
  ...pages(OF_THIS_CALL, 400, 404, 413),
  ...pages(OF_EVERY_CALL, 401, 403, 407),
  ...spoiled("HTTP 500", (carriedOut) => ({ kind: "http", status: 500, body: "{}", carriedOut }), PASSING),
  ...spoiled("an empty body", (carriedOut) => ({ kind: "emptyBody", carriedOut }), PASSING),
  ...spoiled("truncated JSON", (carriedOut) => ({ kind: "truncated", carriedOut }), PASSING),
  ...spoiled("no answer at all", (carriedOut) => ({ kind: "hang", carriedOut }), PASSING, IMPATIENT),
  ...spoiled("success: false", (carriedOut) => ({ kind: "successFalse", carriedOut }), OF_THIS_CALL),
  ...spoiled(
    "a body of 17 MiB",
    (carriedOut) => ({ kind: "hugeBody", bytes: HUGE, carriedOut }),
    OF_THIS_CALL,
  ),
  { name: "a reset", effect: { kind: "reset", after: false }, expected: PASSING },
  { name: "a reset, carried out", effect: { kind: "reset", after: true }, expected: WHEN_CARRIED_OUT },
  {
    name: "an answer that drips in",
    effect: { kind: "drip", everyMs: 400 },
    expected: { ...PASSING, ...WHEN_CARRIED_OUT },
    environment: IMPATIENT,
  },
  { name: "an answer that is late", effect: { kind: "slow", ms: 200 }, expected: HARMLESS },
  { name: "a wrong content type", effect: { kind: "wrongContentType" }, expected: HARMLESS },
  {
    name: "a redirect",
    effect: { kind: "redirect", location: "http://127.0.0.1:9/" },
    expected: OF_EVERY_CALL,
  },
  {
    name: "success that is a lie",
    effect: { kind: "lie" },
    expected: LIE,
  },
  {
    name: "a look-up that leaves everybody out",
    effect: { kind: "omit" },
    expected: {
      // Who is declared and not found shows as drift, and deletes nobody.
      refresh: { once: "mended", always: "refused" },
      "look-up before": { once: "mended", always: "refused" },
      "read-back": { once: "mended", always: "mended" },
    },
  },
];
