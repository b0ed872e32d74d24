import { beforeAll, describe, expect, test } from "@jest/globals";
import { engines } from "../../../support/engine/engines";
import type { ResourceType } from "../../../support/scenario";
import { PreparedRemoval } from "../kills/cut-apply";
import { titleOf } from "../kills/cuts";
import type { Cut } from "../kills/send-signals";

/** The worst moments: while users are looked up, deleted and read back. The provider makes three more calls, at refresh. */
const CUTS: readonly (readonly [ResourceType, readonly Cut[]])[] = [
  [
    "genauth_user_set",
    [
      { call: 7, answered: false, victim: "provider" },
      { call: 8, answered: true, victim: "engine" },
      { call: 9, answered: true, victim: "engine", signals: ["SIGTERM", "SIGTERM"] },
    ],
  ],
  [
    "null_resource",
    [
      { call: 4, answered: false, victim: "command" },
      { call: 5, answered: true, victim: "engine" },
      { call: 2, answered: false, victim: "command", signals: ["SIGTERM"] },
    ],
  ],
];

const onLinux = process.platform === "linux" ? test : test.skip;

describe.each(CUTS)("with a %s", (resourceType, cuts) => {
  let removal: PreparedRemoval;
  beforeAll(async () => {
    const [engine] = engines();
    removal = await PreparedRemoval.make(engine, 140, 20, resourceType);
  });

  onLinux.each(cuts.map((cut) => [titleOf(cut), cut] as const))("%s", async (_title, cut) => {
    expect(await removal.cut(cut)).toEqual([]);
    expect(removal.effective).toBeGreaterThan(0);
  });
});
