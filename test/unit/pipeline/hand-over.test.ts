import fs, { mkdirSync, realpathSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { giveFolder, readHandedOver, sha256Of, writeHandedOver } from "../../../src/pipeline/hand-over";
import { returnFolder } from "../../../src/pipeline/job";

let folder: string;
beforeEach(() => void (folder = realpathSync(newFolder())));
afterEach(() => void jest.restoreAllMocks());

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
    const nowhere = join(folder, "nowhere");
    mkdirSync(join(nowhere, "plan"), { recursive: true });
    symlinkSync(join(folder, "absent"), join(nowhere, "plan", "plan.sealed"));
    expect(() => readHandedOver(nowhere, "plan", undefined)).toThrow("is a link");
  });

  test("is no folder", () => {
    const path = join(folder, "plan", "plan.sealed");
    mkdirSync(path, { recursive: true });
    expect(() => readHandedOver(folder, "plan", undefined)).toThrow(
      new Error(
        `The saved plan was not handed over: ${path} is no file. Nothing was planned or applied from it. Run the whole pipeline again.`,
      ),
    );
  });
});

test("a new owner who lays a link at once is given nothing that the link leads to", () => {
  const run = join(folder, "run");
  const elsewhere = join(folder, "elsewhere");
  for (const each of [join(run, "stack"), elsewhere]) mkdirSync(each, { recursive: true });
  writeFileSync(join(run, "stack", "main.tf"), "");
  writeFileSync(join(elsewhere, "passwd"), "");
  const given: string[] = [];
  jest.spyOn(fs, "lchownSync").mockImplementation((path) => {
    given.push(realpathSync(path));
    if (path !== run) return;
    renameSync(join(run, "stack"), join(run, "old"));
    symlinkSync(elsewhere, join(run, "stack"));
  });
  giveFolder(run, 65534, 65534);
  expect(given).toEqual([join(run, "stack", "main.tf"), join(run, "stack"), run]);
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
