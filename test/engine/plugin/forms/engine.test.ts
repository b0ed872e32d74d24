import { readdirSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { engines } from "../../../support/engine/engines";
import { PluginProgram, PluginWorkspace } from "../support/plugin-program";
import { processEnd } from "../support/process-end";

let program: PluginProgram;
beforeAll(() => {
  program = new PluginProgram();
});
afterAll(() => program.remove());

describe.each(engines())("under $name $version", (engine) => {
  let workspace: PluginWorkspace;
  beforeEach(async () => {
    workspace = await PluginWorkspace.open(engine, program);
  });
  afterEach(() => workspace.close());

  const thing = (body: string) => workspace.declare(`resource "test_thing" "a" {\n${body}\n}`);
  const apply = () => workspace.run("apply", "-auto-approve");
  const state = async () => JSON.parse((await workspace.run("show", "-json")).stdout) as unknown;

  test("creates, keeps, changes, replaces and destroys", async () => {
    thing('entries = { "a" = "1", "__proto__" = "2", "10" = "x" }\nratio = 0.1');
    const created = await apply();
    expect(created).toMatchObject({
      code: 0,
      text: expect.stringContaining("1 added, 0 changed, 0 destroyed"),
    });
    expect(await state()).toMatchObject({
      values: {
        root_module: {
          resources: [
            {
              schema_version: 1,
              values: {
                entries: JSON.parse('{ "a": "1", "__proto__": "2", "10": "x" }') as unknown,
                kind: "plain",
                limit: 500,
                ratio: 0.1,
                marks: null,
                summary: { count: 3, keys: ["10", "__proto__", "a"] },
                id: "thing-1",
              },
            },
          ],
        },
      },
    });

    expect(created.text).toContain("call answered");
    expect(created.text).not.toContain("stays connected");

    const unchanged = await workspace.run("plan", "-detailed-exitcode");
    expect(unchanged).toMatchObject({ code: 0, text: expect.stringMatching(/read: .*privateData=applied/) });

    thing('entries = { "b" = "1" }\nmarks = ["x"]');
    const planned = await workspace.run("plan", "-detailed-exitcode");
    expect(planned.code).toBe(2);
    expect(planned.text).toMatch(/- "a" += "1" -> null/);
    expect(planned.text).toMatch(/~ summary += \{.*\} -> \(known after apply\)/s);
    expect((await apply()).text).toContain("0 added, 1 changed, 0 destroyed");

    thing('entries = { "b" = "1" }\nkind = "other"');
    expect((await workspace.run("plan")).text).toContain("forces replacement");

    const destroyed = await workspace.run("destroy", "-auto-approve");
    expect(destroyed).toMatchObject({ code: 0, text: expect.stringContaining("Warning: It is released") });
    expect(readdirSync(workspace.temporary)).toEqual([]);
  });

  test("plans with unknown values in the resource and in the provider", async () => {
    workspace.declare(`
resource "terraform_data" "first" { input = "x" }
provider "test" { greeting = terraform_data.first.output }
resource "test_thing" "a" {
  entries = { "k" = terraform_data.first.output }
  marks   = [terraform_data.first.output]
}`);
    const planned = await workspace.run("plan");
    expect(planned).toMatchObject({ code: 0, text: expect.stringContaining("greeting=unknown") });
    expect(planned.text).toMatch(/"k" = \(known after apply\)/);
    expect((await apply()).code).toBe(0);
    expect(await state()).toMatchObject({
      values: {
        root_module: {
          resources: expect.arrayContaining([
            expect.objectContaining({
              values: expect.objectContaining({ entries: { k: "x" }, marks: ["x"] }),
            }),
          ]),
        },
      },
    });
  });

  test("shows an error at the line of the map's key", async () => {
    thing('entries = {\n  "fine" = "1"\n  "refused" = "2"\n}');
    const { code, text } = await workspace.run("validate");
    expect(code).toBe(1);
    expect(text).toContain("Error: That entry is refused");
    expect(text).toMatch(
      /with test_thing\.a,\s+on main\.tf line 9, in resource "test_thing" "a":\s+9: +"refused" = "2"/,
    );
    expect(text).toContain("Take it out.");
  });

  test("shows a plan's warning again at apply", async () => {
    thing('entries = { "warned" = "1" }');
    const { code, text } = await apply();
    expect(code).toBe(0);
    expect(text).toContain("Warning: That entry causes a warning");
  });

  test("keeps the prior state if an apply throws, and shows no stack trace", async () => {
    thing('entries = { "a" = "1" }');
    await apply();
    thing('entries = { "thrown" = "1" }');
    const { code, text, stderr } = await apply();
    expect(code).toBe(1);
    expect(text).toContain("ApplyResourceChange: the roof fell in");
    const shown = stderr.split("\n").filter((line) => !/^\d{4}-/.test(line));
    expect(shown.join("\n")).not.toMatch(/^\s*at .*terraform-provider/m);
    expect(JSON.stringify(await state())).toContain('"entries":{"a":"1"}');
    expect((await workspace.run("plan")).text).toMatch(/\+ "thrown" += "1"/);
  });

  test("imports", async () => {
    thing('entries = { "imported" = "x" }');
    expect((await workspace.run("import", "test_thing.a", "nothing")).text).toContain(
      "There is no test_thing to import",
    );
    expect((await workspace.run("import", "test_thing.a", "thing-7")).code).toBe(0);
    expect(JSON.stringify(await state())).toContain('"id":"thing-7"');
  });

  test("passes the interrupt on, waits for the answer and stores it", async () => {
    thing('entries = { "waiting" = "1" }');
    const child = workspace.start("apply", "-auto-approve");
    await child.waitFor(/waiting: .*pid=\d+/);
    child.signal("SIGINT");
    const { code, text } = await child.finished;
    expect(code).toBe(1);
    expect(text).toContain("Error: Interrupted");
    expect(readdirSync(workspace.temporary)).toEqual([]);
  });

  test("leaves no process and no socket if the engine is killed", async () => {
    thing('entries = { "waiting" = "1" }');
    const child = workspace.start("apply", "-auto-approve");
    await child.waitFor(/waiting: .*pid=\d+/);
    const [, pid] = /waiting: .*pid=(\d+)/.exec(child.text()) ?? [];
    process.kill(child.pid, "SIGKILL");
    await child.finished;
    await processEnd(Number(pid));
    expect(readdirSync(workspace.temporary)).toEqual([]);
  });

  test("transfers more than gRPC's default limit of 4 MiB", async () => {
    const values = Array.from({ length: 100 }, (_, n) => `"${n}" = "${"x".repeat(50_000)}"`);
    thing(`entries = {\n${values.join("\n")}\n}`);
    const { code, stdout } = await apply();
    expect(code).toBe(0);
    expect(stdout).toContain("1 added");
  });
});
