import * as product from "../../../src/emulator";
import { type Conditions, Rules, send } from "../../../src/emulator";
import { closing } from "../at-end";
import { applyEffect, type Effect } from "./effects";
import { differ, isTooLong, StatusDates, type Variants } from "./variants";

/** The emulator with what only tests need: more faults, changes between two calls, and services that differ. */
export type {
  EmulatedUserPool,
  PassableIdType,
  PoolIdType,
  PoolUser,
  ReceivedCall,
  RuleHandle,
} from "../../../src/emulator";
export { seedUsers } from "../../../src/emulator";
export type { Effect } from "./effects";
export type { Variants } from "./variants";

/** Which calls fail, and how. The first rule that applies takes precedence. */
export interface FaultRule extends Conditions {
  readonly then: Effect;
}

/**
 * A change of the pool after a call has arrived and before it is carried out. Every step that applies runs, in the order of
 * adding, before the faults.
 *
 * @example An e-mail passes to another user between the look-up and the deletion:
 * ```ts
 * const step = emulator.steps.add({ on: "delete-users-batch", nth: 1, run: (pool) => pool.passId("email", ada, bo) });
 * // Later: step.applied is 1 if there was a deletion.
 * ```
 */
export interface StepRule extends Conditions {
  /** The call waits until a promise settles. */
  readonly run: (pool: product.EmulatedUserPool) => unknown;
}

export interface EmulatorOptions extends Omit<product.EmulatorOptions, "hook"> {
  readonly faults?: readonly FaultRule[];
  readonly steps?: readonly StepRule[];
  readonly variants?: Partial<Variants>;
}

export interface Emulator extends product.Emulator {
  readonly faults: Rules<FaultRule>;
  /** The changes that others make to the pool between two calls. */
  readonly steps: Rules<StepRule>;
}

/** Starts an emulator on 127.0.0.1, which is closed once all tests of the file have ended. */
export async function startEmulator({
  faults: initialFaults = [],
  steps: initialSteps = [],
  variants = {},
  ...options
}: EmulatorOptions = {}): Promise<Emulator> {
  const faults = new Rules(initialFaults);
  const steps = new Rules(initialSteps);
  const isDifferent = Object.keys(variants).length > 0;
  const dates = new StatusDates(isDifferent ? options.users : []);
  const hook: product.Hook = async (given) => {
    const call = isDifferent ? differ(given, variants, dates) : given;
    if (isTooLong(call, variants))
      return (response) =>
        send(response, "<html><h1>414</h1></html>", { status: 414, contentType: "text/html" });
    for (const step of steps.take(call)) await step.run(call.pool);
    const [rule] = faults.take(call, 1);
    return rule ? applyEffect(rule.then, call, rule.ids) : call.carryOut();
  };
  return closing({ ...(await product.startEmulator({ ...options, hook })), faults, steps });
}
