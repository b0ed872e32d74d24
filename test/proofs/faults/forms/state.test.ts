import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../../support/at-end";
import { type Emulator, type EmulatorOptions, seedUsers, startEmulator } from "../../../support/emulator";
import { applySet, check, deletionsReceived } from "../../../support/acceptance/removal-case";
import { engines } from "../../../support/engine/engines";
import type { Workspace } from "../../../support/workspace";
import { PreparedRemoval } from "../kills/cut-apply";

const SIZE = 130;

let removal: PreparedRemoval;
const opened: Workspace[] = [];
beforeAll(async () => {
  const [engine] = engines();
  removal = await PreparedRemoval.make(engine, SIZE, 10);
});
afterEach(async () => {
  for (const workspace of opened.splice(0)) await workspace.close();
});

async function begin(options: EmulatorOptions = {}) {
  const emulator = await startEmulator({ users: seedUsers(SIZE), rateLimit: false, ...options });
  const workspace = removal.begin(emulator);
  opened.push(workspace);
  return { emulator, workspace };
}

/** Waits until the pool has received a deletion. */
async function waitForDeletion(emulator: Emulator): Promise<void> {
  while (!emulator.calls.some(({ path }) => path.endsWith("/delete-users-batch"))) await delay(2);
}

test("an apply with a locked state deletes nobody", async () => {
  const { emulator, workspace } = await begin({ latencyMs: 600 });
  const first = workspace.start("apply", "-auto-approve", "-input=false");
  await waitForDeletion(emulator);
  const second = await workspace.apply("-lock-timeout=0s");
  check(second, { code: 1, says: ["Error acquiring the state lock"] });
  check(await first.finished, { code: 0 });
  expect(deletionsReceived({ emulator })).toHaveLength(3);
  expect(removal.unlikeUndisturbed(workspace, emulator)).toEqual([]);
});

test("two applies at once, without a lock, delete only removed users, and the next one ends right", async () => {
  const { emulator, workspace } = await begin({ latencyMs: 50 });
  const both = [0, 1].map(() => workspace.apply("-lock=false"));
  await Promise.all(both);
  expect(removal.forgotten(workspace, emulator)).toEqual([]);
  check(await workspace.apply(), { code: 0 });
  expect(removal.unlikeUndisturbed(workspace, emulator)).toEqual([]);
});

describe("a full disk under the state", () => {
  let disk: string;
  beforeAll(() => void (disk = newFolder()));

  /** Only root can mount a small disk. */
  const withSmallDisk = process.getuid?.() === 0 && canMount() ? test : test.skip;

  withSmallDisk(
    "loses nothing: the next apply from the engine's emergency state, or from the prior state, ends right",
    async () => {
      const { emulator, workspace } = await begin();
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
      try {
        const state = join(disk, "terraform.tfstate");
        copyFileSync(join(workspace.folder, "terraform.tfstate"), state);
        spawnSync("dd", ["if=/dev/zero", `of=${join(disk, "filler")}`, "bs=1k"]);
        // The new state must be larger than the old one, or it would fit in its place.
        const toCome = seedUsers(1_000, { prefix: "new" }).map(({ userId }) => userId);
        workspace.write({
          users: [...removal.stayingIds(), ...toCome],
          max_deletions: SIZE,
          max_deletions_percent: 100,
        });
        const full = await workspace.apply("-lock=false", `-state=${state}`, "-backup=-");
        check(full, { code: 1, says: ["no space left on device"] });
        // The deletions were carried out, so it was the state after them that did not fit.
        expect(deletionsReceived({ emulator })).toHaveLength(3);
        const saved = join(workspace.folder, "errored.tfstate");
        copyFileSync(existsSync(saved) ? saved : state, join(workspace.folder, "terraform.tfstate"));
      } finally {
        execFileSync("umount", [disk]);
      }
      expect(removal.forgotten(workspace, emulator)).toEqual([]);
      await applySet(workspace, {
        users: removal.stayingIds(),
        max_deletions: 2_000,
        max_deletions_percent: 100,
      });
      expect(removal.unlikeUndisturbed(workspace, emulator)).toEqual([]);
    },
  );
});

function canMount(): boolean {
  const folder = newFolder();
  const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]).status === 0;
  if (isMounted) execFileSync("umount", [folder]);
  return isMounted;
}
