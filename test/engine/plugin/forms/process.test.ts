import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../../support/at-end";
import { runChild } from "../../../support/engine/child";
import { createCertificate } from "../../../../src/plugin/certificate";
import { PluginProcess, startVariables } from "../../../support/plugin/plugin-process";
import { PluginProgram } from "../support/plugin-program";

let program: PluginProgram;
beforeAll(() => {
  program = new PluginProgram();
});

test("does not start for a person, and prints the reason in a sentence", async () => {
  const { code, stdout, stderr } = await runChild(program.path, [], {
    cwd: "/",
    env: { PATH: process.env.PATH ?? "" },
  });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^.*They start it themselves.*\n$/);
});

describe("does not start for Terraform, and prints the reason in the line that Terraform shows,", () => {
  interface Start {
    readonly how: string;
    readonly change: Readonly<Record<string, string>>;
    readonly sentence: string;
  }

  test.each<Start>([
    {
      how: "without TLS",
      change: { PLUGIN_CLIENT_CERT: "" },
      sentence: "Unset TF_DISABLE_PLUGIN_TLS.",
    },
    {
      how: "without a folder for its socket",
      change: { TMPDIR: "/nowhere" },
      sentence: "The test provider cannot start: ENOENT",
    },
  ])("$how", async ({ change, sentence }) => {
    const env = { ...startVariables(createCertificate()), ...change };
    const { code, stdout, stderr } = await runChild(program.path, [], { cwd: "/", env });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toContain(sentence);
    expect(stdout.trim().split("\n")).toHaveLength(1);
  });
});

test("ends with a sentence if it fails after the handshake", async () => {
  const env = { ...startVariables(createCertificate()), TEST_FAILS_LATE: "yes" };
  const { code, stdout, stderr } = await runChild(program.path, [], { cwd: "/", env });
  expect({ code, stderr }).toEqual({ code: 1, stderr: "The test provider cannot start: the roof fell in\n" });
  expect(stdout).toMatch(/^1\|6\|unix\|\S+\n$/);
  expect(existsSync(dirname(stdout.split("|")[3] ?? ""))).toBe(false);
});

describe("a running provider", () => {
  const started: PluginProcess[] = [];
  const start = async (command = program.path, options?: Parameters<typeof PluginProcess.start>[1]) => {
    const plugin = await PluginProcess.start(command, options);
    started.push(plugin);
    return plugin;
  };
  afterEach(() => {
    for (const plugin of started.splice(0)) plugin.close();
  });

  test("serves only the client that Terraform announced", async () => {
    const plugin = await start();
    const metadata = (...as: [] | [Parameters<typeof plugin.call>[3]]) =>
      plugin.call("tfplugin6.Provider", "GetMetadata", {}, ...as);
    await expect(metadata("none")).rejects.toMatchObject({ code: status.UNAVAILABLE });
    await expect(metadata(createCertificate())).rejects.toMatchObject({ code: status.UNAVAILABLE });
    await expect(metadata()).resolves.toMatchObject({ resources: [{ typeName: "test_thing" }] });
  });

  test("has a socket that only its user can open, with any umask", async () => {
    const command = 'umask 0; exec "$0"';
    const plugin = await start("/bin/sh", { args: ["-c", command, program.path] });
    expect(plugin.socketMode).toBe(0o600);
    await expect(plugin.call("grpc.health.v1.Health", "Check")).resolves.toEqual({ status: 1 });
  });

  test("removes the socket of a killed provider, and keeps that of a running one", async () => {
    const temporary = newFolder();
    const options = { environment: { TMPDIR: temporary } };
    const killed = await start(program.path, options);
    const running = await start(program.path, options);
    killed.signal("SIGKILL");
    await killed.finished;
    expect(killed.socketFolderExists).toBe(true);
    for (const plugin of [killed, running]) plugin.ageSocketFolder(5);

    const next = await start(program.path, options);
    for (let looks = 0; killed.socketFolderExists && looks < 1_000; looks++) await delay(10);
    expect(killed.socketFolderExists).toBe(false);
    await next.call("grpc.health.v1.Health", "Check");
    await expect(running.call("grpc.health.v1.Health", "Check")).resolves.toEqual({ status: 1 });
  });

  test("answers a shutdown request, then ends and removes its socket", async () => {
    const plugin = await start();
    await expect(plugin.call("plugin.GRPCController", "Shutdown")).resolves.toEqual({});
    await expect(plugin.finished).resolves.toMatchObject({ code: 0, stderr: "" });
    expect(plugin.socketFolderExists).toBe(false);
  });

  test("is healthy, also after Ctrl-C, which it leaves to Terraform", async () => {
    const plugin = await start();
    const health = (service: string) => plugin.call("grpc.health.v1.Health", "Check", { service });
    await expect(health("plugin")).resolves.toEqual({ status: 1 });
    await expect(health("other")).rejects.toMatchObject({ code: status.NOT_FOUND });
    plugin.signal("SIGINT");
    await expect(health("plugin")).resolves.toEqual({ status: 1 });
  });

  test.each<[NodeJS.Signals, number]>([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ])("ends on %s and removes its socket", async (signal, code) => {
    const plugin = await start();
    expect(plugin.socketFolderExists).toBe(true);
    plugin.signal(signal);
    await expect(plugin.finished).resolves.toMatchObject({ code });
    expect(plugin.socketFolderExists).toBe(false);
  });

  test("ends when its parent is killed", async () => {
    // A parent between this process and the provider, like Terraform.
    const parent = `require("node:child_process").spawn(${JSON.stringify(program.path)}, { stdio: "inherit" })`;
    const plugin = await start(process.execPath, { args: ["-e", parent] });
    process.kill(plugin.pid, "SIGKILL");
    await plugin.finished;
    expect(plugin.socketFolderExists).toBe(false);
  });
});
