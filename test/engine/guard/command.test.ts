import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { GUARD_VERSION, GuardHeader } from "../../../src/api";
import { type Emulator, seedUsers, startEmulator } from "../../support/emulator";
import { check } from "../../support/acceptance/removal-case";
import { type Child, startChild } from "../../support/engine/child";
import { childrenOf } from "../../support/faults/processes";
import { findInReports, REPORTS_ON_SIGNAL } from "../../support/faults/process-reports";
import { guardLine, readAudit } from "../../support/guard/guarded";

/** The guard and its command, without an engine. */

const pool = seedUsers(4);
const emails = pool.map(({ email = "" }) => email);
const isRoot = process.platform === "linux" && process.getuid?.() === 0;
const whenRoot = isRoot ? test : test.skip;

/** Whose processes the command and the guard are. */
const USERS = [
  ["the guard's user", []],
  ...(isRoot ? [["another user", ["--user", "nobody", "--guard-user", "daemon"]] as const] : []),
] as const;

let folder = "";
let emulator: Emulator;
const open: (() => unknown)[] = [];
beforeEach(async () => {
  folder = newFolder();
  emulator = await startEmulator({ users: pool });
});
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

function run(options: readonly string[], command: readonly string[]): Child {
  const [program = "", ...args] = [...guardLine(...options), ...command];
  // A guard that is killed leaves its folder, which goes with this one.
  const env = { PATH: process.env.PATH ?? "", TMPDIR: folder, ...emulator.environment() };
  const child = startChild(program, args, { cwd: folder, env });
  open.push(() => child.signal("SIGKILL"));
  return child;
}

/**
 * Writes a plan of a set that loses its first user.
 *
 * @param planned in place of what the plan knows of the set
 */
function writePlan(planned: Readonly<Record<string, unknown>> = {}): void {
  const set = { user_id_type: "email", suspend_days: 0 };
  const users = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, "x"]));
  const change = {
    address: "genauth_user_set.staff",
    mode: "managed",
    type: "genauth_user_set",
    name: "staff",
    provider_name: "terraform.local/genauth/genauth",
    change: {
      actions: ["update"],
      before: { ...set, users: users(emails) },
      after: {
        ...set,
        users: users(emails.slice(1)),
        leaver_user_ids: { [emails[0] ?? ""]: pool[0]?.userId },
      },
      after_unknown: { removals: { [emails[0] ?? ""]: true } },
      ...planned,
    },
  };
  const configuration = { root_module: {} };
  const planned_values = {};
  const plan = {
    format_version: "1.2",
    timestamp: new Date().toISOString(),
    complete: true,
    errored: false,
    configuration,
    planned_values,
    resource_changes: [change],
  };
  writeFileSync(join(folder, "plan.json"), JSON.stringify(plan));
}

/** Sends a signal to a guard, and expects that its command gets it once. The command goes on for a moment, so that it would see a second one. */
async function expectOneSignal(signal: NodeJS.Signals, users: readonly string[]): Promise<void> {
  const script = `
    process.on("${signal}", () => {
      console.log("received");
      setTimeout(() => process.exit(7), 300);
    });
    setInterval(() => undefined, 1000);
    console.log("ready");`;
  const child = run(["--read-only", ...users], [process.execPath, "-e", script]);
  await child.waitFor(/ready/);
  process.kill(child.pid, signal);
  const { code, text } = await child.finished;
  expect({ code, received: text.match(/received/g)?.length }).toEqual({ code: 7, received: 1 });
  expect(text).toContain("Sent: no change");
}

test.each(["SIGINT", "SIGHUP"] as const)("a command gets %s once, and its code is the guard's", (signal) =>
  expectOneSignal(signal, []),
);

describe.each(USERS)("a command of %s", (_, users) => {
  test("gets SIGTERM once, and its code is the guard's", () => expectOneSignal("SIGTERM", users));

  test("that a signal ends gives the code of a shell", async () => {
    const child = run(["--read-only", ...users], ["sh", "-c", "kill -TERM $$"]);
    check(await child.finished, { code: 143, says: ["Sent: no change"] });
  });

  test("does not have the secret", async () => {
    const child = run(["--read-only", ...users], ["env"]);
    const { code, stdout } = await child.finished;
    expect(code).toBe(0);
    expect(stdout).toContain("GENAUTH_GUARD=");
    expect(stdout).not.toContain(emulator.accessKeySecret);
  });
});

describe.each(USERS)("the guard of a command of %s", (_, users) => {
  const foldersLeft = () => readdirSync(folder).filter((name) => name.startsWith("genauth-guard-"));

  test("records why the change is made, of which plan, and in each line by which process", async () => {
    writePlan();
    const line = ["--plan", "plan.json", "--ticket", "HR-1", "--reason", "left us", "--audit", "audit.jsonl"];
    check(await run([...line, ...users], ["true"]).finished, { code: 0 });
    const plan_sha256 = [
      createHash("sha256")
        .update(readFileSync(join(folder, "plan.json")))
        .digest("hex"),
    ];
    const lines = readAudit({ folder });
    const pid = lines[0]?.["pid"];
    expect(pid).toEqual(expect.any(Number));
    const started = { event: "started", pid, ticket: "HR-1", reason: "left us", plan_sha256 };
    expect(lines).toMatchObject([started, { event: "ended", pid }]);
  });

  test("fails, with its summary and without its folder, if the audit file is full", async () => {
    // The second line does not fit into the blocks that this process may write.
    writeFileSync(join(folder, "audit.jsonl"), `{"at":"${"x".repeat(1024 - 310)}\n`);
    const line = guardLine("--read-only", "--audit", "audit.jsonl", ...users);
    const limited = ["-c", 'ulimit -f 2; exec "$@"', "sh", ...line, "sh", "-c", "exit 0"];
    const { PATH = "" } = process.env;
    const env = { PATH, TMPDIR: folder, NODE_COMPILE_CACHE: "", ...emulator.environment() };
    const { code, text } = await startChild("sh", limited, { cwd: folder, env }).finished;
    expect(text).toContain("Sent: no change");
    expect(text).toMatch(/audit\.jsonl cannot be written: .*\. It lacks the rest of this run: plan again\./);
    expect(code).toBe(1);
    expect(foldersLeft()).toEqual([]);
  });
});

whenRoot("a guard that is killed makes the run fail, whatever its command says", async () => {
  const users = ["--user", "nobody", "--guard-user", "daemon"];
  const script = "trap 'exit 0' USR1; echo ready $$; while :; do sleep 0.05; done";
  const child = run(["--read-only", ...users], ["sh", "-c", script]);
  await child.waitFor(/ready \d+\n/);
  const { stdout } = spawnSync("pgrep", ["-u", "daemon", "-P", String(child.pid)], { encoding: "utf8" });
  const guard = Number(stdout);
  process.kill(guard, "SIGKILL");
  while (childrenOf(child.pid).includes(guard)) await new Promise((resolve) => setTimeout(resolve, 10));
  process.kill(Number(/ready (\d+)/.exec(child.text())?.[1]), "SIGUSR1");
  check(await child.finished, {
    code: 1,
    says: [
      "The guard ended with SIGKILL before the command did, so from then on the command could change nobody. Its summary and its audit may lack their end. Plan again to see who is left.",
    ],
  });
});

whenRoot(
  "a run that is ended while its guard still reads the plan starts nothing, and leaves no guard and no folder",
  async () => {
    // Nobody writes into this pipe, so reading it takes for ever.
    spawnSync("mkfifo", ["plan.json"], { cwd: folder });
    const users = ["--user", "nobody", "--guard-user", "daemon"];
    const child = run(["--plan", "plan.json", ...users], ["echo", "started"]);
    const socketOf = (pid: number): string | undefined =>
      /--listen\0([^\0]+)/.exec(readFileSync(`/proc/${pid}/cmdline`, "utf8"))?.[1];
    // Until the guard's program is loaded, its process has the command line of the run.
    const findGuard = () => childrenOf(child.pid).find((pid) => socketOf(pid) !== undefined);
    while (findGuard() === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
    const guard = findGuard() ?? 0;
    const socket = socketOf(guard) ?? "";
    open.push(() => spawnSync("kill", ["-KILL", String(guard)]));
    expect(existsSync(dirname(socket))).toBe(true);

    process.kill(child.pid, "SIGTERM");

    const { code, text } = await child.finished;
    expect({ code, text }).toEqual({
      code: 1,
      text: "error: The guard did not start, so nothing was run.\n",
    });
    expect(existsSync(`/proc/${guard}`)).toBe(false);
    expect(existsSync(dirname(socket))).toBe(false);
  },
);

whenRoot("an audit file that the command's user could change is refused", async () => {
  writeFileSync(join(folder, "their.jsonl"), "");
  spawnSync("chown", ["nobody", join(folder, "their.jsonl")]);
  const line = ["--read-only", "--audit", "their.jsonl", "--user", "nobody", "--guard-user", "daemon"];
  check(await run(line, ["echo", "started"]).finished, {
    code: 1,
    says: ["The command's user could change it"],
    neverSays: ["started"],
  });
});

whenRoot("a socket in a folder of the command's user is refused", async () => {
  mkdirSync(join(folder, "theirs"));
  spawnSync("chown", ["nobody", join(folder, "theirs")]);
  const line = ["--read-only", "--listen", "theirs/guard.sock", "--user", "nobody", "--guard-user", "daemon"];
  check(await run(line, ["echo", "started"]).finished, {
    code: 1,
    says: ["could put another file in its place"],
    neverSays: ["started"],
  });
});

test("the key is not read from a file, which would stay open as the guard's standard input", async () => {
  writeFileSync(join(folder, "key"), `${emulator.accessKeyId}\n${emulator.accessKeySecret}\n`);
  const line = guardLine("--read-only", "--key-from-stdin");
  const env = { PATH: process.env.PATH ?? "", TMPDIR: folder, GENAUTH_HOST: emulator.url };
  const child = startChild("sh", ["-c", '"$@" <key', "sh", ...line, "echo", "started"], { cwd: folder, env });
  check(await child.finished, { code: 1, says: ["reads a pipe"], neverSays: ["started"] });
});

test("nobody of a set whose users a plan does not know is approved, and the start says so", async () => {
  writePlan({ after: { user_id_type: "email", suspend_days: 0 }, after_unknown: { users: true } });
  const { code, stderr } = await run(["--plan", "plan.json"], ["true"]).finished;
  expect(code).toBe(0);
  expect(stderr).toContain("The command runs as the guard's own user.");
  expect(stderr).toContain("The plans may delete 0 users");
  expect(stderr).toContain(
    "The users of genauth_user_set.staff are not known in the plan, so nobody of that set",
  );
});

test("an audit file is not a pipe that nobody reads, or the next option", async () => {
  expect(spawnSync("mkfifo", [join(folder, "audit.jsonl")]).status).toBe(0);
  check(await run(["--read-only", "--audit", "audit.jsonl"], ["echo", "started"]).finished, {
    code: 1,
    says: ["cannot be written: It must be"],
    neverSays: ["started"],
  });
  check(await run(["--read-only", "--audit"], ["true"]).finished, { code: 1, says: ["argument missing"] });
});

test("a socket of another guard is not taken over, unless that was killed", async () => {
  const line = ["--read-only", "--listen", join(folder, "guard.sock")];
  const first = run(line, []);
  await first.waitFor(/GENAUTH_GUARD=/);
  first.signal("SIGKILL");
  await first.finished;
  const next = run(line, []);
  await next.waitFor(/GENAUTH_GUARD=/);
  check(await run(line, ["true"]).finished, { code: 1, says: ["Another guard listens at"] });
  process.kill(next.pid, "SIGTERM");
  check(await next.finished, { code: 0 });
});

test("a service at the socket that is no guard is asked one look-up, which fails the run", async () => {
  const socket = join(folder, "foreign.sock");
  const heard: string[] = [];
  const foreign = http.createServer((request, response) => {
    heard.push(request.url ?? "");
    response.end(JSON.stringify({ statusCode: 200, data: [] }));
  });
  foreign.listen(socket);
  open.push(() => foreign.close());
  const [program = "", ...args] = guardLine().slice(0, -2);
  writeFileSync(join(folder, "staff.txt"), `${emails[0] ?? ""}\n`);
  const env = {
    PATH: process.env.PATH ?? "",
    ...emulator.environment(),
    GENAUTH_ACCESS_KEY_SECRET: "",
    GENAUTH_GUARD: socket,
  };
  const line = [...args, "drift", "--users", "staff.txt", "--user-id-type", "email"];
  const { code, text } = await startChild(program, line, { cwd: folder, env }).finished;
  expect(code).toBe(1);
  expect(text).toContain("is no guard");
  expect(heard).toEqual(["/api/v3/get-user-batch"]);
});

test("the key comes from a pipe, the command does not read it, and no heap snapshot of the guard shows it", async () => {
  writePlan();
  const send = `
    const { readdirSync } = require("fs");
    const isWritten = () => readdirSync(".").some((name) => name.endsWith(".heapsnapshot"));
    process.once("beforeExit", () => {
      process.kill(process.ppid, "SIGUSR2");
      const wait = setInterval(() => isWritten() && clearInterval(wait), 20);
    });
    const request = require("http").request({ socketPath: process.env.GENAUTH_GUARD, path: "/api/v3/delete-users-batch", method: "POST",
      headers: ${JSON.stringify({ [GuardHeader.VERSION]: GUARD_VERSION, [GuardHeader.HOST]: emulator.url })} },
      (response) => response.on("data", (data) => console.log(String(data))));
    request.end(${JSON.stringify(JSON.stringify({ userIds: emails.slice(0, 1), options: { userIdType: "email" } }))});
    process.stdin.on("data", (data) => console.log("read " + data));`;
  const line = guardLine("--plan", "plan.json", "--key-from-stdin");
  const piped = `printf '%s\\n%s\\n' "$ID" "$SECRET" | (unset SECRET; exec "$@")`;
  const child = startChild("sh", ["-c", piped, "sh", ...line, process.execPath, "-e", send], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? "",
      GENAUTH_HOST: emulator.url,
      ID: emulator.accessKeyId,
      SECRET: emulator.accessKeySecret,
      ...REPORTS_ON_SIGNAL,
    },
  });
  const { code, text } = await child.finished;
  expect(findInReports(folder, emulator.accessKeySecret)).toEqual({ "Heap.*.heapsnapshot": false });
  expect(findInReports(folder, emulator.accessKeyId)).toEqual({ "Heap.*.heapsnapshot": true });
  expect(text).toContain("deletion of 1 of 1 approved");
  expect(code).toBe(0);
  expect(text).not.toContain(emulator.accessKeySecret);
  expect(emulator.pool.list().map(({ userId }) => userId)).toEqual(pool.slice(1).map(({ userId }) => userId));
});
