import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { beforeEach, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "../support/emulator";
import { engines } from "../support/engine/engines";
import { serveHttp } from "../support/http-server";
import { CAN_KILL_JOBS, killJobs } from "./support/kill-jobs";
import { POOL } from "./support/setting";
import { without } from "./support/staff";
import { Team } from "./support/team";
import { plainStacks, usersFile } from "./support/two-stacks";

let emulator: Emulator;
let team: Team;
/** Keeps the states of both stacks, and their locks, as a service does that outlives every job. */
let service: string;
/** By path. */
let locks: Map<string, string>;
beforeEach(async () => {
  emulator = await startEmulator({ users: POOL });
  const [engine] = engines();
  team = new Team(engine, emulator);
  await team.open();
  const states = new Map<string, Buffer>();
  locks = new Map();
  service = await serveHttp((request, response) => {
    void buffer(request).then((body) => {
      const { method = "" } = request;
      // A write names the lock in its query.
      const [url = ""] = (request.url ?? "").split("?");
      if (method === "LOCK") {
        const held = locks.get(url);
        if (held === undefined) locks.set(url, body.toString());
        response.writeHead(held === undefined ? 200 : 423).end(held ?? "");
        return;
      }
      if (method === "UNLOCK") locks.delete(url);
      if (method === "POST") states.set(url, body);
      const state = states.get(url);
      response.writeHead(method === "GET" && state === undefined ? 404 : 200);
      response.end(method === "GET" ? state : "");
    });
  });
});

/** Lets the engine wait a second for a lock that nobody gives back, in place of the minute that the job says. */
function waitShortlyForLocks({ folder, settings }: Team): void {
  const program = join(folder, "tools", String(settings["engine"]));
  renameSync(program, `${program}-real`);
  const inPlace = 'case $given in -lock-timeout=1m) given=-lock-timeout=1s ;; esac; set -- "$@" "$given"';
  const script = `#!/bin/sh\nfor given; do shift; ${inPlace}; done\nexec "${program}-real" "$@"\n`;
  writeFileSync(program, script, { mode: 0o755 });
}

(CAN_KILL_JOBS ? test : test.skip)(
  "an apply that is killed says how many it deleted, in its receipt and in the next plan, and its lock is named",
  async () => {
    const { configurations, others } = plainStacks(team, {});
    const inService = Object.fromEntries(
      Object.entries(configurations).map(([file, text]) => {
        const [stack] = file.split("/");
        const lock = `lock_address = "${service}/${stack}"\n    unlock_address = "${service}/${stack}"`;
        const backend = `backend "http" {\n    address = "${service}/${stack}"\n    ${lock}\n  }`;
        return [file, text.replace(/backend "local" \{[^}]*\}/, backend)];
      }),
    );
    team.settings["paths"] = [];
    await team.create("email,name\n");
    await team.mergeProposal("hcl", 6, (text) => text, { programs: { ...inService, ...others } });
    expect((await team.push({ before: "drift-after-apply" })).result("apply")).toBe("success");
    await team.endFirstApply();
    waitShortlyForLocks(team);

    // Three leave people, and two guests. All is killed while the call for the two is on its way, and GenAuth
    // carries it out for one of them.
    await team.mergeProposal("leavers", 7, (text) => text, {
      programs: {
        "lists/people.csv": without(1, 2, 3)(usersFile(0, 6)),
        "lists/guests.csv": without(8, 9)(usersFile(6, 12)),
      },
    });
    const run = await team.push();
    expect(run.waiting).toBe("apply");
    const second = { on: "delete-users-batch", nth: 2 } as const;
    const killInCall = (): void => {
      killJobs(team.folder);
      emulator.pool.remove(POOL[7]?.userId ?? "");
    };
    emulator.steps.add({ ...second, run: killInCall });
    const lost = emulator.faults.add({ ...second, then: { kind: "hang", carriedOut: false } });
    await run.approve("otto");
    expect(run.result("apply")).toBe("failure");
    const [receipt = ""] = team.service.commentsOf(7).slice(-1);
    expect(receipt).toContain("Cut off: 3 of 5 users deleted");
    expect(receipt).toContain("What became of 2 more users is not known: a call was sent.");
    expect(receipt).toContain("The state may still be locked");
    expect([...locks.keys()]).toEqual(["/guests"]);

    // The next plan says it, too, and the next apply names the lock.
    lost.remove();
    const next = await run.rerun();
    expect(next.text("plan")).toContain("Cut off: 3 of 5 users deleted");
    const planned = next.text("plan").replaceAll(/\s+/g, " ");
    expect(planned).toContain("1 declared user vanished from GenAuth");
    expect(planned).toContain(
      "Somebody deleted them, perhaps an apply that was cut off, or their ids changed",
    );
    await next.approveApply("otto");
    const { ID: held = "" } = JSON.parse(locks.get("/guests") ?? "{}") as { readonly ID?: string };
    expect(held).not.toBe("");
    const said = next.text("apply");
    expect(said).toContain("guests was not applied: its state is locked");
    expect(said).toMatch(new RegExp(`unlock it: \\w+ init and \\w+ force-unlock ${held} in guests,`));
    expect(emulator.pool.size).toBe(8);

    locks.clear();
    const last = await run.rerun();
    await last.approveApply("otto");
    expect(last.result("apply")).toBe("success");
    expect(emulator.pool.size).toBe(7);
  },
  900_000,
);
