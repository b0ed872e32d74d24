import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../../support/emulator";
import { check } from "../../../support/acceptance/removal-case";
import { engines } from "../../../support/engine/engines";
import { FORM } from "../../../support/provider-form";
import { useScenarios } from "../../../support/scenario";
import { argumentsOf, childrenOf, variablesWith } from "../../../support/faults/processes";
import { REPORTS_ON_SIGNAL, requestReports, findInReports } from "../../../support/faults/process-reports";

const secret = "s3cr3t-that-nobody-may-see-9876543210";
const users = seedUsers(60);
// Sixty users take two look-ups of half a second each: time to look at the process.
const emulator = { users, accessKeySecret: secret, latencyMs: 500 };

const [engine] = engines();
const onLinux = process.platform === "linux" ? describe : describe.skip;

onLinux("while a provider runs, with the secret from the", () => {
  const open = useScenarios(engine);

  interface SecretPlace {
    readonly place: string;
    readonly provider: Readonly<Record<string, string>>;
    readonly environment: Readonly<Record<string, string>>;
    /** The variables of the provider's process that hold the secret. */
    readonly variables: readonly string[];
  }

  test.each<SecretPlace>([
    {
      place: "environment",
      provider: {},
      environment: {},
      variables: ["GENAUTH_ACCESS_KEY_SECRET"],
    },
    {
      place: "configuration",
      provider: { access_key_secret: '${file("secret")}' },
      environment: { GENAUTH_ACCESS_KEY_SECRET: "" },
      variables: [],
    },
  ])(
    "$place, only its user can enter its folder, and nothing visible of it contains the secret",
    async ({ provider, environment, variables }) => {
      const { workspace, emulator: genauth } = await open({
        provider: "process",
        emulator,
        environment: { ...REPORTS_ON_SIGNAL, ...environment, TMPDIR: "temporary" },
      });
      const temporary = join(workspace.folder, "temporary");
      mkdirSync(temporary);
      workspace.writeFiles({ secret });
      workspace.write({ users: users.map(({ userId }) => userId) }, provider);
      const run = workspace.start("apply", "-auto-approve", "-input=false");
      while (genauth.calls.length === 0) await delay(5);

      const [pid = 0, ...others] = childrenOf(run.pid);
      expect(others).toEqual([]);
      expect(childrenOf(pid)).toEqual([]);
      const runtime = FORM === "script" ? ["node"] : [];
      expect(argumentsOf(pid)).toEqual([...runtime, expect.stringMatching(/terraform-provider-genauth\S*$/)]);
      // Only in the variable that Terraform itself was given.
      expect(variablesWith(secret, pid)).toEqual(variables);
      expect(readFileSync(`/proc/${pid}/coredump_filter`, "utf8")).toMatch(/^0+\n$/);

      const folders = socketFolders(temporary);
      expect(folders).toHaveLength(1);
      for (const folder of folders) {
        expect(statSync(folder).mode & 0o777).toBe(0o700);
        expect(readdirSync(folder)).toEqual(["socket"]);
        expect(statSync(join(folder, "socket")).mode & 0o777).toBe(0o600);
      }
      requestReports(pid);

      check(await run.finished, { code: 0 });
      expect(socketFolders(temporary)).toEqual([]);
      expect(findInReports(workspace.folder, secret)).toEqual({
        "Heap.*.heapsnapshot": false,
        "report.*.json": false,
      });
      // The snapshot shows what the provider holds.
      const { GENAUTH_ACCESS_KEY_ID } = genauth.environment();
      expect(findInReports(workspace.folder, GENAUTH_ACCESS_KEY_ID)).toMatchObject({
        "Heap.*.heapsnapshot": true,
      });
    },
  );
});

describe("without TLS between Terraform and the provider", () => {
  const open = useScenarios(engine);

  test("the provider does not start, and the error names the variable to unset", async () => {
    const { workspace, emulator: genauth } = await open({
      provider: "process",
      emulator,
      environment: { TF_DISABLE_PLUGIN_TLS: "1" },
    });
    workspace.write({ users: [] });
    check(await workspace.plan(), { code: 1, says: ["Unset TF_DISABLE_PLUGIN_TLS"] });
    expect(genauth.calls).toEqual([]);
  });
});

function socketFolders(temporary: string): string[] {
  return readdirSync(temporary)
    .filter((name) => name.startsWith("terraform-plugin-node-"))
    .map((name) => join(temporary, name));
}
