import type { Effect } from "../../../support/emulator";
import type { Environment } from "../support/managed-set";
import type { NetworkFault } from "../support/network-outage";
import {
  WHEN_CARRIED_OUT,
  HARMLESS,
  FALSE_SUCCESS,
  OF_EVERY_CALL,
  OF_THIS_CALL,
  TEMPORARY,
} from "./expectations";
import type { Expectations } from "./expectations";
import type { Place } from "./place";

/** One fault. */
export interface Fault {
  readonly name: string;
  readonly effect: Effect;
  readonly expected: Expectations;
  /** The affected places; default all. */
  readonly places?: readonly Place[];
  /** The affected users, by ids of any type; default all. */
  readonly ids?: readonly string[];
  /** For how many milliseconds it affects every call, from the first one; default: that call only. */
  readonly forMs?: number;
  /** A network fault that begins when the fault first applies. */
  readonly network?: NetworkFault;
  /** How long its effects last, in milliseconds; the undisturbed run waits for that. */
  readonly recoveryMs?: number;
  /** Further variables of the processes. */
  readonly environment?: Environment;
  /** Whether it takes too long for `npm run test:extended`. */
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

/** A damaged answer, without and with the call carried out. */
function damaged(
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

/** For answers that never come. Not for other faults, whose answers may be late on a busy machine. */
const SHORT_TIMEOUT: Environment = { GENAUTH_TIMEOUT_SECONDS: "4" };

/** More than the client accepts, which is 16 MiB. */
const HUGE = 17 * 1024 * 1024;

/** Every fault with its expected outcomes. The codes are those in the reference of GenAuth's API. */
export const FAULTS: readonly Fault[] = [
  ...answers(TEMPORARY, [429], [500], [502], [503], [504], [601], [602], [400, 1306]),
  ...answers(OF_THIS_CALL, [400], [404], [409], [413], [422], [499], [501], [603]),
  {
    // "User not found" for every look-up. If it concerns all users at once, it counts as a wrong pool.
    ...answers({}, [404, 2004])[0],
    name: "answers 404, apiCode 2004",
    effect: { kind: "answer", statusCode: 404, apiCode: 2004 },
    expected: {
      ...OF_THIS_CALL,
      "look-up before": { once: "recovered", always: "refused" },
      "read-back": { once: "recovered", always: "recovered" },
    },
  },
  ...answers(OF_EVERY_CALL, [401], [402], [403], [401, 2020], [404, 2224], [400, 4021]),
  ...answers(OF_EVERY_CALL, [400, 1300], [400, 1301], [400, 1302], [400, 1303], [400, 1304]),
  {
    name: "answers 401, apiCode 1305: a clock is off",
    effect: { kind: "answer", statusCode: 401, apiCode: 1305 },
    expected: OF_EVERY_CALL,
  },
  ...pages(TEMPORARY, 429, 500, 502, 503, 504, 408),
  ...pages(OF_THIS_CALL, 400, 404, 413),
  ...pages(OF_EVERY_CALL, 401, 403, 407),
  ...damaged("HTTP 500", (carriedOut) => ({ kind: "http", status: 500, body: "{}", carriedOut }), TEMPORARY),
  ...damaged("an empty body", (carriedOut) => ({ kind: "emptyBody", carriedOut }), TEMPORARY),
  ...damaged("truncated JSON", (carriedOut) => ({ kind: "truncated", carriedOut }), TEMPORARY),
  ...damaged("no answer at all", (carriedOut) => ({ kind: "hang", carriedOut }), TEMPORARY, SHORT_TIMEOUT),
  ...damaged("success: false", (carriedOut) => ({ kind: "successFalse", carriedOut }), OF_THIS_CALL),
  ...damaged(
    "a body of 17 MiB",
    (carriedOut) => ({ kind: "hugeBody", bytes: HUGE, carriedOut }),
    OF_THIS_CALL,
  ),
  { name: "a reset", effect: { kind: "reset" }, expected: TEMPORARY },
  { name: "a reset, carried out", effect: { kind: "reset", carriedOut: true }, expected: WHEN_CARRIED_OUT },
  {
    name: "an answer that arrives byte by byte",
    effect: { kind: "drip", everyMs: 400 },
    expected: { ...TEMPORARY, ...WHEN_CARRIED_OUT },
    environment: SHORT_TIMEOUT,
  },
  { name: "a late answer", effect: { kind: "slow", ms: 200 }, expected: HARMLESS },
  { name: "a wrong content type", effect: { kind: "wrongContentType" }, expected: HARMLESS },
  {
    name: "a redirect",
    effect: { kind: "redirect", location: "http://127.0.0.1:9/" },
    expected: OF_EVERY_CALL,
  },
  {
    name: "a false success",
    effect: { kind: "lie" },
    expected: FALSE_SUCCESS,
  },
  {
    name: "a look-up that omits everybody",
    effect: { kind: "omit" },
    expected: {
      // Declared users that are not found are drift, and nobody is deleted.
      refresh: { once: "recovered", always: "refused" },
      "look-up before": { once: "recovered", always: "refused" },
      "read-back": { once: "recovered", always: "recovered" },
    },
  },
];
