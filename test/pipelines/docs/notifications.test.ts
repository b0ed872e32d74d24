import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { load } from "js-yaml";
import { newFolder } from "../../support/at-end";
import type { Job } from "../../../src/pipeline";
import { notifyPeople } from "../../../src/pipeline/notify";
import { fencedBlock } from "../../support/docs/documents";
import { onPath } from "../../support/engine/engine";
import { serveHttp } from "../../support/http-server";

const PAGE = "docs/guides/notifications.md";

const hasTools = ["jq", "curl"].every((program) => onPath(program) !== undefined);
if (!hasTools) console.log(`jq or curl is not installed, so the recipes of ${PAGE} are not run.`);

(hasTools ? describe : describe.skip)("the recipes for messages, as written", () => {
  let folder: string;
  let chat: string;
  const told: { readonly type: string | undefined; readonly body: string }[] = [];
  let log: string;
  beforeEach(async () => {
    folder = newFolder();
    told.length = 0;
    log = "";
    jest.spyOn(process.stderr, "write").mockImplementation((words) => {
      log += String(words);
      return true;
    });
    chat = await serveHttp((request, response) => {
      void text(request).then((body) => {
        told.push({ type: request.headers["content-type"], body });
        // As some chat services answer, with status 200.
        response.end('{"errcode":93000,"errmsg":"invalid webhook"}');
      });
    });
  });
  afterEach(() => void jest.restoreAllMocks());

  const RUN = "https://git.example.com/team/people/runs/7";

  /** Tells people by a recipe of the page, as a job does. */
  async function tell(
    recipe: number,
    event: "plan_waits" | "apply_ended",
    facts: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const { notify } = load(fencedBlock(PAGE, "yaml", recipe)) as {
      readonly notify: { readonly command: string; readonly environment?: readonly string[] };
    };
    const job = {
      checkout: folder,
      settings: { notify: { environment: [], ...notify } },
      environment: {
        PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}`,
        GENAUTH_NOTIFY_URL: `${chat}/secret`,
        AWS_REGION: "eu-central-1",
      },
      platform: { runUrl: RUN },
      git: { commit: () => Promise.resolve("c0ffee") },
    };
    await notifyPeople(job as unknown as Job, event, 'Ada\'s "2 users" $(id)', {}, facts);
  }

  test("a chat gets the title and the run, and what it answers is in the log", async () => {
    await tell(0, "plan_waits", { report: { stacks: [{ leavers: [{ id: "user003@example.com" }] }] } });
    expect(told).toHaveLength(1);
    const [{ type, body } = { type: "", body: "" }] = told;
    expect(type).toBe("application/json");
    expect(JSON.parse(body)).toEqual({ text: `Ada's "2 users" $(id) ${RUN}` });
    expect(body).not.toContain("user003@example.com");
    expect(log).toContain("invalid webhook");
    expect(log).not.toContain("/secret");
  }, 60_000);

  test("a receipt is kept, and only when an apply has ended", async () => {
    mkdirSync(join(folder, "bin"));
    const aws = `#!/bin/sh\necho "$AWS_REGION $*" >> "${join(folder, "aws.txt")}"\ncp "$3" "${join(folder, "kept.json")}"\n`;
    writeFileSync(join(folder, "bin", "aws"), aws, { mode: 0o755 });
    await tell(1, "plan_waits", { report: {} });
    expect(existsSync(join(folder, "aws.txt"))).toBe(false);
    await tell(1, "apply_ended", { receipt: { kind: "receipt", commit: "c0ffee" } });
    expect(readFileSync(join(folder, "aws.txt"), "utf8")).toMatch(
      /^eu-central-1 s3 cp receipt\.json s3:\/\/receipts\/\d+\.json\n$/,
    );
    expect(JSON.parse(readFileSync(join(folder, "kept.json"), "utf8"))).toMatchObject({ kind: "receipt" });
    expect(log).not.toContain("Nobody was told");
  }, 60_000);
});
