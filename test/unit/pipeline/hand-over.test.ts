import { mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { readHandedOver, sha256Of, writeHandedOver } from "../../../src/pipeline/hand-over";
import { returnFolder } from "../../../src/pipeline/job";

let folder: string;
beforeEach(() => void (folder = newFolder()));

describe("what one job hands to the next", () => {
  test("is read if it is the one that the job said", () => {
    const sha256 = writeHandedOver(folder, "plan", Buffer.from("plan"));
    expect(readHandedOver(folder, "plan", sha256).toString()).toBe("plan");
    expect(readHandedOver(folder, "plan", undefined).toString()).toBe("plan");
    expect(() => readHandedOver(folder, "plan", sha256Of("other"))).toThrow(
      "The saved plan is not the one that an earlier job handed over",
    );
    expect(() => readHandedOver(folder, "plan", "")).toThrow("the job said nothing");
    expect(() => readHandedOver(folder, "stacks", undefined)).toThrow("is missing");
  });

  test("is no link, and lies behind none", () => {
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "plan.sealed"), "plan");
    const linked = join(folder, "linked");
    mkdirSync(join(linked, "plan"), { recursive: true });
    symlinkSync(join(elsewhere, "plan.sealed"), join(linked, "plan", "plan.sealed"));
    expect(() => readHandedOver(linked, "plan", undefined)).toThrow("is a link");
    const behind = join(folder, "behind");
    mkdirSync(behind);
    symlinkSync(elsewhere, join(behind, "plan"));
    expect(() => readHandedOver(behind, "plan", undefined)).toThrow("is a link");
    symlinkSync(behind, join(folder, "run"));
    expect(() => readHandedOver(join(folder, "run"), "plan", undefined)).toThrow("is a link");
  });
});

const canGive = process.platform === "linux" && process.getuid?.() === 0;

(canGive ? test : test.skip)(
  "the folder of a run is given back, and nothing that a link in it leads to",
  () => {
    const run = join(folder, "run");
    const elsewhere = join(folder, "elsewhere");
    for (const each of [join(run, "plan"), join(elsewhere, "inner")]) mkdirSync(each, { recursive: true });
    symlinkSync(elsewhere, join(run, "plan", "link"));
    returnFolder({ folder: run, environment: { SUDO_UID: "65534", SUDO_GID: "65534" } });
    const owners = [join(run, "plan"), elsewhere, join(elsewhere, "inner")].map((path) => statSync(path).uid);
    expect(owners).toEqual([65534, 0, 0]);
  },
);
