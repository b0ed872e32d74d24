import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { load } from "js-yaml";
import { newFolder } from "../../support/at-end";
import type { Job } from "../../../src/pipeline";
import { notifyPeople } from "../../../src/pipeline/notify";
import { readDocument } from "../../support/docs/documents";
import { onPath } from "../../support/engine/engine";
import { serveHttp } from "../../support/http-server";

const PAGE = "docs/guides/notifications.md";

const hasTools = ["jq", "curl"].every((program) => onPath(program) !== undefined);
if (!hasTools) console.log(`jq or curl is not installed, so the recipes of ${PAGE} are not run.`);

(hasTools ? describe : describe.skip)("the recipes for messages, as written", () => {
  let folder: string;
  let chat: string;
  let chatStatus: number;
  const toldChat: { readonly type: string | undefined; readonly body: string }[] = [];
  let log: string;
  beforeEach(async () => {
    folder = newFolder();
    toldChat.length = 0;
    chatStatus = 200;
    log = "";
    jest.spyOn(process.stderr, "write").mockImplementation((words) => {
      log += String(words);
      return true;
    });
    chat = await serveHttp((request, response) => {
      void text(request).then((body) => {
        toldChat.push({ type: request.headers["content-type"], body });
        response.statusCode = chatStatus;
        response.end('{"errcode":93000,"errmsg":"invalid webhook"}');
      });
    });
  });
  afterEach(() => void jest.restoreAllMocks());

  const RUN = "https://git.example.com/team/people/runs/7";
  /** Its quotes could end a string of a shell or of JSON, and a shell could run a part of it. */
  const HOSTILE_TITLE = 'Ada\'s "2 users" $(id)';

  /** Tells people by the recipe under a heading of the page, as a job does. */
  async function tellBy(
    heading: "A chat" | "A receipt for good",
    event: "plan_waits" | "apply_ended",
    facts: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const [, recipe = ""] =
      new RegExp(`^## ${heading}$.*?^\`\`\`yaml\n(.*?)^\`\`\`$`, "ms").exec(readDocument(PAGE)) ?? [];
    const { notify } = load(recipe) as {
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
    const noTrailers = {};
    await notifyPeople(job as unknown as Job, event, HOSTILE_TITLE, noTrailers, facts);
  }

  test("a chat gets the title and the run, and nothing else, so it gets no names", async () => {
    await tellBy("A chat", "plan_waits", {
      report: { stacks: [{ leavers: [{ id: "user003@example.com" }] }] },
    });
    expect(toldChat).toEqual([{ type: "application/json", body: expect.any(String) }]);
    expect(JSON.parse(toldChat[0]?.body ?? "")).toEqual({ text: `${HOSTILE_TITLE} ${RUN}` });
  }, 60_000);

  test("the log has what a chat answers, and never the secret address", async () => {
    // Some chat services refuse a message like this, with status 200.
    await tellBy("A chat", "plan_waits", { report: {} });
    expect(log).toBe('{"errcode":93000,"errmsg":"invalid webhook"}\n');

    chatStatus = 500;
    log = "";
    await tellBy("A chat", "plan_waits", { report: {} });
    // 22 is what curl ends with if the status is an error.
    expect(log).toContain("Nobody was told of plan_waits: the command of notify failed with exit code 22.");
    expect(log).not.toContain("/secret");
  }, 60_000);

  test("a receipt is kept under the time, and only when an apply has ended", async () => {
    mkdirSync(join(folder, "bin"));
    // The recipe calls `aws s3 cp FILE ADDRESS`: $3 is the file.
    const aws = `#!/bin/sh\necho "$AWS_REGION $*" >> "${join(folder, "aws.txt")}"\ncp "$3" "${join(folder, "kept.json")}"\n`;
    writeFileSync(join(folder, "bin", "aws"), aws, { mode: 0o755 });
    await tellBy("A receipt for good", "plan_waits", { report: {} });
    expect(existsSync(join(folder, "aws.txt"))).toBe(false);

    const receipt = { kind: "receipt", commit: "c0ffee" };
    await tellBy("A receipt for good", "apply_ended", { receipt });
    const [, seconds] =
      /^eu-central-1 s3 cp receipt\.json s3:\/\/receipts\/(\d+)\.json\n$/.exec(
        readFileSync(join(folder, "aws.txt"), "utf8"),
      ) ?? [];
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(60);
    expect(JSON.parse(readFileSync(join(folder, "kept.json"), "utf8"))).toEqual(receipt);
    expect(log).toBe("");
  }, 60_000);
});
