import { EngineFolder } from "../engine/folder";
import { ownProvider } from "../engine/providers";
import { BenchEmulator } from "../emulator/emulator";
import type { CallsReceived } from "../emulator/messages";
import { summarise } from "../measure/summary";
import type { Comparison, Yardstick } from "../yardstick";
import { idsOf, ownConfiguration } from "./sets";

const PER_CALL = 50;

/** Whether plan and apply send the calls that they need, and not one more. */
export const calls: Yardstick = {
  name: "calls",
  title: "Calls of a plan and an apply, against the least that can be",
  async run({ engine, full, say }) {
    const held = full ? 10_000 : 1_000;
    const removed = held / 10;
    const added = held / 20;
    say(`calls for ${held} users, ${removed} removed and ${added} added`);
    const pool = idsOf(held + added);
    const folder = await EngineFolder.open(engine, ownProvider());
    const emulator = await BenchEmulator.start({ users: pool.length });
    try {
      const pace = { requests_per_second: 10_000 };
      folder.write(ownConfiguration(pool.slice(0, held), { ...pace, refresh: "incremental" }));
      await folder.apply(emulator.environment(), []);
      await emulator.received();
      await folder.plan(emulator.environment());
      const unchanged = await emulator.received();
      folder.write(ownConfiguration(pool.slice(removed)));
      await emulator.received();
      await folder.plan(emulator.environment());
      const plan = await emulator.received();
      await folder.apply(emulator.environment());
      const apply = await emulator.received();
      const chunks = (ids: number): number => Math.ceil(ids / PER_CALL);
      return [
        exactly("calls of an incremental refresh while nobody was deleted", total(unchanged), 1),
        exactly("look-ups of the plan", plan.byCall["get-user-batch"], chunks(held) + chunks(added)),
        exactly(
          "look-ups of the apply, read-backs among them",
          apply.byCall["get-user-batch"],
          chunks(removed + added) + chunks(removed),
        ),
        exactly("deletions of the apply", apply.byCall["delete-users-batch"], chunks(removed)),
      ];
    } finally {
      await emulator.close();
      folder.close();
    }
  },
};

function total({ byCall }: CallsReceived): number {
  return Object.values(byCall).reduce((sum, count) => sum + count, 0);
}

function exactly(title: string, seen = 0, least: number): Comparison {
  return {
    title,
    unit: "calls",
    sides: [
      { name: "the least", summary: summarise([least]) },
      { name: "sent", summary: summarise([seen]) },
    ],
    targets: [{ what: "sent - the least", seen: seen - least, wanted: { atMost: 0 } }],
  };
}
