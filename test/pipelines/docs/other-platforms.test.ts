import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { load as parse } from "js-yaml";
import { type Emulator, startEmulator } from "../../support/emulator";
import { fencedBlock } from "../../support/docs/documents";
import { type Finished, runChild } from "../../support/engine/child";
import { engines } from "../../support/engine/engines";
import { Repository } from "../support/repository";
import { POOL } from "../support/setting";
import { without } from "../support/staff";
import { usersFile } from "../support/two-stacks";

/** The platforms for which there are no files to copy. What their page shows is run here as it is written. */
const PAGE = "docs/guides/any-other-ci.md";

const [engine] = engines();

/** Where a job runs, and what it has. */
interface Machine {
  readonly checkout: string;
  readonly key: Readonly<Record<string, string>>;
}

/** A team that runs the shell lines of the page. */
class PageTeam extends Repository {
  readonly #kept = join(this.folder, "kept");
  #links = false;

  /** From now on, a link to the installed tool takes the place of npm, which has been shown. */
  linkFromNowOn(): void {
    this.#links = true;
  }

  /** A new machine with a checkout of the newest commit, or of another one. */
  async machine(commit?: string): Promise<string> {
    const checkout = await this.clone();
    if (commit !== undefined) await this.git(checkout, "checkout", "--quiet", commit);
    return checkout;
  }

  head(): Promise<string> {
    return this.git(join(this.folder, "origin.git"), "rev-parse", "main");
  }

  /** @throws Error if it fails */
  async run(lines: string, { checkout, key }: Machine): Promise<Finished> {
    const env = { ...this.shell, ...key, HOME: this.folder };
    const script = this.#links
      ? lines.replace(/npm ci --prefix ci\/genauth( --[\w=-]+)*/, this.linkTool)
      : lines;
    const ended = await runChild("bash", ["-e", "-c", script], { cwd: checkout, env });
    if (ended.code !== 0) throw new Error(`${lines}\n${ended.text}`);
    return ended;
  }

  /** Keeps a file or a folder of a machine for later ones. */
  keep(name: string, path: string): void {
    cpSync(path, this.kept(name), { recursive: true });
  }

  /** Where it is kept. */
  kept(name: string): string {
    return join(this.#kept, name);
  }
}

/** Runs a pipeline of the page from a commit, up to its apply. */
interface PagePipeline {
  readonly plan: () => Promise<Finished>;
  readonly apply: () => Promise<Finished>;
}

interface AzureStep {
  readonly script?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly publish?: string;
  readonly download?: string;
  readonly artifact?: string;
}

interface AzurePipeline {
  readonly variables: Readonly<Record<string, string>>;
  readonly stages: readonly {
    readonly stage: string;
    readonly variables?: readonly [{ readonly group: string }];
    readonly jobs: readonly [
      {
        readonly steps?: readonly AzureStep[];
        readonly strategy?: {
          readonly runOnce: { readonly deploy: { readonly steps: readonly AzureStep[] } };
        };
      },
    ];
  }[];
}

type Keys = Readonly<Record<"read" | "delete", Readonly<Record<string, string>>>>;

/** Runs the stages as Azure Pipelines does: macros are replaced, and artifacts lie in folders of the workspace. */
function onAzure(team: PageTeam, keys: Keys, commit: string): PagePipeline {
  const { variables, stages } = parse(fencedBlock(PAGE, "yaml")) as AzurePipeline;
  const groups: Record<string, Readonly<Record<string, string>>> = {
    "genauth-plan": keys.read,
    genauth: keys.delete,
  };
  const run = async (name: string) => {
    const stage = stages.find((each) => each.stage === name);
    const [job] = stage?.jobs ?? [];
    const steps = job?.steps ?? job?.strategy?.runOnce.deploy.steps ?? [];
    const checkout = await team.machine(commit);
    const group = groups[stage?.variables?.[0].group ?? ""] ?? {};
    const macros: Record<string, string> = {
      ...variables,
      "Pipeline.Workspace": join(`${checkout}-workspace`),
      keyId: group["GENAUTH_ACCESS_KEY_ID"] ?? "",
      keySecret: group["GENAUTH_ACCESS_KEY_SECRET"] ?? "",
      planKey: group["GENAUTH_PLAN_KEY"] ?? "",
    };
    const expand = (words: string) =>
      words.replaceAll(/\$\(([\w.]+)\)/g, (macro, variable: string) => macros[variable] ?? macro);
    let last: Finished | undefined;
    for (const { script, env = {}, publish, download, artifact = "" } of steps) {
      if (publish !== undefined) team.keep(artifact, join(checkout, publish));
      if (download !== undefined)
        cpSync(team.kept(artifact), join(macros["Pipeline.Workspace"] ?? "", artifact), { recursive: true });
      const key = Object.fromEntries(Object.entries(env).map(([each, value]) => [each, expand(value)]));
      if (script !== undefined) last = await team.run(expand(script), { checkout, key });
    }
    if (!last) throw new Error(`The stage ${name} ran no script.`);
    return last;
  };
  return { plan: async () => (await run("synth"), run("plan")), apply: () => run("apply") };
}

/** Runs the steps of the Jenkinsfile line by line. */
function onJenkins(team: PageTeam, keys: Keys, commit: string): PagePipeline {
  const lines = fencedBlock(PAGE, "groovy").split("\n");
  const [, tool = ""] = /^def tool = '(.*)'$/.exec(lines[1] ?? "") ?? [];
  const prepared = /^def prepare = \{\n(.*?)^\}/ms.exec(lines.join("\n"))?.[1] ?? "";
  const shellOf = (line: string): string | undefined => {
    const [, single, double] = /\bsh (?:'([^']*)'|"((?:[^"\\]|\\.)*)")/.exec(line) ?? [];
    return single ?? double?.replaceAll("$tool", tool).replaceAll(/(?<!\\)\\(["$])/g, "$1");
  };
  const begin = lines.findIndex((line) => line.startsWith("node("));
  const approval = lines.findIndex((line) => line.includes("input message"));
  const run = async (from: number, to: number) => {
    let checkout = "";
    let last: Finished | undefined;
    for (const line of lines.slice(from, to)) {
      const [, id = ""] = /withCredentials\(key\('genauth-(\w+)'\)\)/.exec(line) ?? [];
      const key = id === "read" || id === "delete" ? keys[id] : {};
      const [, stash, path = ""] = /\bstash name: '(\w+)', includes: '([^']+)'/.exec(line) ?? [];
      const [, unstash] = /\bunstash '(\w+)'/.exec(line) ?? [];
      const words = shellOf(line);
      if (line.trim() === "prepare()") {
        checkout = await team.machine(commit);
        await team.run(shellOf(prepared) ?? "", { checkout, key: {} });
      } else if (stash !== undefined) team.keep(join(stash, path), join(checkout, path));
      else if (unstash !== undefined) cpSync(team.kept(unstash), checkout, { recursive: true });
      else if (words !== undefined) last = await team.run(words, { checkout, key });
    }
    if (!last) throw new Error("The Jenkinsfile ran no shell.");
    return last;
  };
  return { plan: () => run(begin, approval), apply: () => run(approval, lines.length) };
}

describe.each([
  ["Azure DevOps", onAzure],
  ["Jenkins", onJenkins],
] as const)("the pipeline for %s", (_platform, start) => {
  let emulator: Emulator;
  let team: PageTeam;
  let keys: Keys;
  beforeEach(async () => {
    emulator = await startEmulator({ users: POOL });
    team = new PageTeam(engine, emulator.environment()["GENAUTH_HOST"]);
    const { GENAUTH_ACCESS_KEY_ID = "", GENAUTH_ACCESS_KEY_SECRET = "" } = emulator.environment() as Record<
      string,
      string
    >;
    const { accessKeyId, accessKeySecret } = emulator.readKey;
    const GENAUTH_PLAN_KEY = "5f".repeat(32);
    keys = {
      read: {
        GENAUTH_ACCESS_KEY_ID: accessKeyId,
        GENAUTH_ACCESS_KEY_SECRET: accessKeySecret,
        GENAUTH_PLAN_KEY,
      },
      delete: { GENAUTH_ACCESS_KEY_ID, GENAUTH_ACCESS_KEY_SECRET, GENAUTH_PLAN_KEY },
    };
    await team.create(usersFile(0, 12));
  });

  test("plans, reports, and applies what was approved, as written", async () => {
    const pipeline = async () => start(team, keys, await team.head());
    const first = await pipeline();
    expect((await first.plan()).stdout).toContain("Nobody loses an account");
    await first.apply();
    await team.endFirstApply();
    team.linkFromNowOn();

    await team.propose("leavers", without(3, 5));
    await team.merge("leavers");
    const second = await pipeline();
    expect((await second.plan()).stdout).toContain("2 users will be permanently deleted");
    expect(emulator.pool.size).toBe(12);
    const receipt = await second.apply();
    expect(receipt.stdout).toContain('"kind": "receipt"');
    expect(receipt.stdout).toContain("Applied as approved: 2 users deleted");
    expect(emulator.pool.size).toBe(10);

    await team.propose("more", without(6));
    await team.merge("more");
    const stale = await pipeline();
    await stale.plan();
    await team.propose("joiner", (users) => `${users.trimEnd()}\nnew@example.com,Nia New\n`);
    await team.merge("joiner");
    await expect(stale.apply()).rejects.toThrow("lacks commits of main");
    expect(emulator.pool.size).toBe(10);

    // Here, too, nobody has to remember earlier runs.
    rmSync(join(team.folder, "states", "staff.tfstate"));
    await expect((await pipeline()).plan()).rejects.toThrow("The state holds no user set");
  }, 600_000);
});
