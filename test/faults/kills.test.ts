import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { engines } from "../support/engine";
import { type Cut, PreparedRemoval } from "./kills/cut-apply";
import { titleOf } from "./kills/cuts";

/** The worst moments of 12 calls: three look-ups each at refresh and before, three deletions, three read-backs. */
const CUTS: readonly Cut[] = [
  { call: 7, answered: false, victim: "provider" },
  { call: 8, answered: true, victim: "engine" },
  { call: 9, answered: true, victim: "engine", signals: ["SIGTERM", "SIGTERM"] },
];

const onLinux = process.platform === "linux" ? test : test.skip;
let removal: PreparedRemoval;
beforeAll(async () => {
  const [engine] = engines();
  if (engine) removal = await PreparedRemoval.make(engine, 130, 10);
});
afterAll(() => removal.remove());

onLinux.each(CUTS.map((cut) => [titleOf(cut), cut] as const))("%s", async (_title, cut) => {
  expect(await removal.cut(cut)).toEqual([]);
});
