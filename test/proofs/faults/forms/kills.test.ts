import { beforeAll, describe, expect, test } from "@jest/globals";
import { engines } from "../../../support/engine/engines";
import type { ResourceType } from "../../../support/scenario";
import { PreparedRemoval } from "../kills/cut-apply";
import { titleOf } from "../kills/cuts";
import type { Cut } from "../kills/send-signals";

/**
 * The worst moments to kill a process: a removed user who is still in the pool stays in the state, and the next apply
 * removes everybody as one without a kill does. Each moment is at the second of three chunks: users are looked up right before their
 * call, deleted, and read back. The provider makes three more calls before, at refresh.
 */
const MOMENTS: readonly { readonly resourceType: ResourceType; readonly cuts: readonly Cut[] }[] = [
  {
    resourceType: "genauth_user_set",
    cuts: [
      { call: 8, answered: false, victim: "provider" },
      { call: 11, answered: true, victim: "engine" },
      { call: 14, answered: true, victim: "engine", signals: ["SIGTERM", "SIGTERM"] },
    ],
  },
  {
    resourceType: "null_resource",
    cuts: [
      { call: 5, answered: false, victim: "command", signals: ["SIGTERM"] },
      { call: 8, answered: false, victim: "command" },
      { call: 11, answered: true, victim: "engine" },
    ],
  },
];

const onLinux = process.platform === "linux" ? test : test.skip;

describe.each(MOMENTS)("an apply with a $resourceType", ({ resourceType, cuts }) => {
  let removal: PreparedRemoval;
  beforeAll(async () => {
    const [engine] = engines();
    removal = await PreparedRemoval.make(engine, 140, 20, resourceType);
  });

  onLinux.each(cuts.map((cut) => ({ title: titleOf(cut), cut })))(
    "forgets nobody after $title, and the next apply ends the removal",
    async ({ cut }) => {
      expect(await removal.cut(cut)).toEqual([]);
      expect(removal.effective).toBeGreaterThan(0);
    },
  );
});
