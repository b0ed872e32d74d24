import { rmSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "../support/emulator";
import { engines } from "../support/engine/engines";
import { lockOf } from "./support/lock-file";
import { POOL, useTeam } from "./support/setting";
import { without } from "./support/staff";
import { Team } from "./support/team";
import { plainConfiguration, usersFile } from "./support/two-stacks";
import { serveHttp } from "../support/http-server";

const CREDENTIAL = "TF_HTTP_USERNAME=keeper\nTF_HTTP_PASSWORD=s3cret=\nTF_HTTP_RETRY_MAX=5\n";

describe("a state that ends with its job", () => {
  let emulator: Emulator;
  let team: Team;
  let states: string;
  let kept: Buffer | undefined;
  beforeEach(async () => {
    emulator = await startEmulator({ users: POOL });
    const [engine] = engines();
    team = new Team(engine, emulator);
    await team.open();
    // A backend of the type http, without locks, whose credential is one secret of each environment.
    for (const [name, environment] of team.service.environments)
      team.service.environments.set(name, {
        ...environment,
        secrets: { ...environment.secrets, GENAUTH_STATE_CREDENTIAL: CREDENTIAL },
      });
    const credential = `Basic ${Buffer.from("keeper:s3cret=").toString("base64")}`;
    states = await serveHttp((request, response) => {
      void buffer(request).then((body) => {
        if (request.headers.authorization !== credential) {
          response.writeHead(401).end();
          return;
        }
        if (request.method === "POST") kept = body;
        response.writeHead(request.method === "GET" && kept === undefined ? 404 : 200);
        response.end(request.method === "GET" ? kept : "");
      });
    });
  });

  test("is refused with the remedy, and holds up no stack whose state is kept", async () => {
    const stack = (name: string) => ({ name, folder: name, lock_file: `${name}.hcl`, reads: ["lists"] });
    const names = ["people", "guests", "others"];
    Object.assign(team.settings, {
      synth: undefined,
      paths: [],
      environment: ["TF_HTTP_*"],
      stacks: names.map((name) => ({ ...stack(name), state: undefined })),
      init_arguments: [],
    });
    await team.create("email,name\n");
    const http = `backend "http" {\n    address = "${states}/people"\n  }`;
    const backends = { people: http, guests: "", others: undefined };
    const programs = Object.entries(backends).flatMap(([name, backend], at) => {
      const text = plainConfiguration(team, name);
      return [
        [
          `${name}/main.tf`,
          backend === undefined ? text : text.replace(/backend "local" \{[^}]*\}/, backend),
        ],
        [`${name}.hcl`, lockOf("shipped")],
        [`lists/${name}.csv`, usersFile(at * 4, at * 4 + 4)],
      ];
    });
    await team.mergeProposal("hcl", 7, (text) => text, {
      programs: Object.fromEntries(programs) as Record<string, string>,
    });
    const run = await team.push({ before: "drift-after-apply" });
    const { summary = "" } = run.jobs.get("plan") ?? {};
    expect(summary).toContain("The state of guests is not kept: its configuration has no backend");
    expect(summary).toContain("The state of others is not kept: its backend is local");
    expect(summary).toContain("state: kept of others in genauth.pipeline.yaml");
    expect(run.text("apply")).toContain("Refused, and not applied: guests, others.");
    expect(run.result("apply")).toBe("failure");
    expect(kept?.toString()).toContain("genauth_user_set");

    // The state that was kept knows who leaves. The others have left the settings: while one cannot be planned, nobody is deleted.
    Object.assign(team.settings, { stacks: [{ ...stack("people"), state: undefined }] });
    await team.endFirstApply();
    await team.mergeProposal("leaver", 8, (text) => text, {
      programs: { "lists/people.csv": without(3)(usersFile(0, 4)) },
    });
    await (await team.push()).approveApply("otto");
    expect(emulator.pool.size).toBe(11);
  }, 600_000);
});

describe("a state that was lost", () => {
  const setting = useTeam();

  test("is an error and no calm change, as the mark of a new stack ends with its first apply, and drift knows nobody", async () => {
    const { team, emulator } = setting;
    team.settings["drift"] = { undeclared: true };
    // The mark is still there, with which nobody would notice it.
    team.isNew = true;
    await team.commitSettings();
    await team.mergeProposal("leaver", 7, without(3));
    const marked = await team.push({ before: "receipt" });
    expect(marked.result("plan")).toBe("failure");
    expect(marked.text("plan")).toContain("take new: true of this stack out of the settings");

    await team.endFirstApply();
    rmSync(join(team.folder, "states", "staff.tfstate"));
    // Nothing is remembered of earlier runs.
    team.service.runs.clear();
    team.service.jobs.clear();
    const night = await team.night();
    expect(night.result("plan")).toBe("failure");
    expect(night.jobs.get("plan")?.summary).toMatch(
      /## REFUSED: `?The`? state holds no user set, and the stack is not said to be new/,
    );
    expect(night.result("apply")).toBe("skipped");
    expect(emulator.pool.size).toBe(12);
    expect(night.result("drift")).toBe("failure");
    expect(night.text("drift")).toContain(
      "staff: The state holds no user set, and the stack is not said to be new.",
    );
    expect(night.text("drift")).toContain(
      "Who is in the user pool, but in no set of any stack, is not known, because not all users of staff are known.",
    );
  }, 600_000);
});
