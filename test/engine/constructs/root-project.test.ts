import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { runChild } from "../../support/engine/child";

const ROOT = join(__dirname, "../../..");

test("the root's cdktf.json synthesises an example", async () => {
  const { app } = JSON.parse(readFileSync(join(ROOT, "cdktf.json"), "utf8")) as { readonly app: string };
  const folder = newFolder();
  // As `cdktf synth` runs it.
  const env = { ...process.env, CDKTF_OUTDIR: folder };
  const { code, text } = await runChild("sh", ["-c", app], { cwd: ROOT, env });
  expect({ code, text }).toEqual({ code: 0, text: "" });
  const { stacks } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as {
    readonly stacks: Readonly<Record<string, { readonly synthesizedStackPath: string }>>;
  };
  const document = join(folder, stacks.staff?.synthesizedStackPath ?? "");
  const { resource } = JSON.parse(readFileSync(document, "utf8")) as { readonly resource: unknown };
  const users = expect.objectContaining({ "user010@example.com": "User 010" }) as unknown;
  expect(resource).toEqual({
    genauth_user_set: { staff: expect.objectContaining({ max_deletions: 100, users }) },
  });
  expect(existsSync(join(document, "../terraform.d"))).toBe(true);
});
