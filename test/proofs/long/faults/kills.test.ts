import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { engines } from "../../../support/engine/engines";
import { PreparedRemoval } from "../../faults/kills/cut-apply";
import { callsOf, everyCut, signalCuts, spreadCuts, titleOf } from "../../faults/kills/cuts";

/** Points at which an apply of 1,000 removals is killed. */
const POINTS = Number(process.env.FAULT_KILLS ?? 200);
// More than a tenth, so that a run that is killed near its end does not look like one in a wrong pool.
const STAYING = { short: 20, long: 120 } as const;
const SHORT = 120 + STAYING.short;
const LONG = 1_000 + STAYING.long;
/** Calls of each chunk's look-ups, deletion and read-back; the provider makes three more before, at refresh. */
const AT_SIGNALS = [5, 8, 11, 13];

describe.each(
  (["genauth_user_set", "null_resource"] as const).flatMap((resourceType) => [
    {
      what: "120 removals",
      resourceType,
      size: SHORT,
      cuts: everyCut(resourceType, callsOf(resourceType, SHORT, STAYING.short)),
    },
    {
      what: "120 removals, by signals",
      resourceType,
      size: SHORT,
      cuts: signalCuts(resourceType, AT_SIGNALS),
    },
    {
      what: "1,000 removals",
      resourceType,
      size: LONG,
      cuts: spreadCuts(resourceType, POINTS, callsOf(resourceType, LONG, STAYING.long)),
    },
  ]),
)("an apply of $what with a $resourceType", ({ what, resourceType, size, cuts }) => {
  const removals: PreparedRemoval[] = [];
  beforeAll(async () => {
    for (const engine of engines()) {
      removals.push(
        await PreparedRemoval.make(engine, size, size === LONG ? STAYING.long : STAYING.short, resourceType),
      );
    }
  });
  const sum = (key: "effective" | "restored") => removals.reduce((all, removal) => all + removal[key], 0);
  afterAll(() => {
    process.stdout.write(
      `${what}, ${resourceType}: ${sum("effective")} cuts met a running process; ` +
        `after ${sum("restored")} of them the engine had left no state but its backup\n`,
    );
  });

  test.each(cuts.map((cut, index) => ({ title: titleOf(cut), cut, index })))(
    "forgets nobody after $title, and the next apply ends the removal",
    async ({ cut, index }) => {
      // The engines take turns.
      const removal = removals[index % removals.length];
      expect(await removal?.cut(cut)).toEqual([]);
    },
  );

  test("nearly all cuts met a running process", () => {
    expect(sum("effective")).toBeGreaterThan(0.9 * cuts.length);
  });
});
