// Recorders of terminals show what ran once; this runs README's commands, and fails if they do.
import "../check-platform.mjs";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { cleanEnvironment } from "../../test/support/engine/clean-environment";
import type { Engine } from "../../test/support/engine/engine";
import { buildOpenTofu } from "./build-opentofu";
import { findEngine } from "./find-engine";

/*
 * What a reader of README does, on the emulator: the commands that are shown are the ones that run. `npm run demo` starts it.
 */

const ROOT = resolve(__dirname, "../..");
const COMMAND = join(ROOT, "dist/cdktf-genauth.js");

/** An exit code of the shell: 128 plus the number of SIGINT. */
const INTERRUPTED = 130;

/** GenAuth refuses each call that names user006, as long as the batch that names them is halved: of four people, then of two, then alone. */
const LEGAL_HOLD = {
  on: "delete-users-batch",
  ids: ["user006@example.com"],
  userIdType: "email",
  times: 3,
  then: { kind: "answer", statusCode: 422, message: "This user is under a legal hold" },
};

/** Lines of an engine that say nothing about people. */
const NOISE = [
  /: (Refreshing state|Modifying|Creating|Still|Creation complete|Modifications complete)/,
  /^Initializing|^(- )?(Finding|Installing|Installed|Reusing|Using) |^─+$|^ +\d+: resource/,
  /^ {2}(with genauth_|on main\.tf)|^Saved the plan|^To perform exactly|^ {4}(terraform|tofu) apply/,
];

const say = (text: string) => void process.stdout.write(`${text}\n`);
const heading = (title: string) => say(`\n${title}\n${"=".repeat(title.length)}`);

/** A folder with a shell in which `npx` runs this package's command, and the name of the engine the engine. */
class Terminal {
  readonly #folder = mkdtempSync(join(tmpdir(), "genauth-demo-"));
  readonly #running = new Set<ChildProcess>();
  readonly #environment: Record<string, string>;
  isInterrupted = false;

  constructor(readonly engine: Engine) {
    const settings = join(this.#folder, "empty.tfrc");
    writeFileSync(settings, "");
    const own = { NODE: process.execPath, COMMAND, ENGINE: engine.path, TF_CLI_ARGS: "-no-color" };
    this.#environment = cleanEnvironment(settings, own);
    cpSync(join(ROOT, "examples/hcl"), join(this.#folder, "infra"), { recursive: true });
  }

  get engineName(): string {
    return this.engine.name === "OpenTofu" ? "tofu" : "terraform";
  }

  /** Runs a command, and shows it and what a reader looks for in its output. @throws Error if it does not end with the code */
  async run(line: string, { code = 0, from = /^/ }: { code?: number; from?: RegExp } = {}): Promise<void> {
    const shown = line.replaceAll("terraform ", `${this.engineName} `);
    say(`\n$ ${shown}`);
    const child = this.#start(`set -o pipefail; ${shown}`, "infra");
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (text += String(data)));
    const [exitCode] = (await once(child, "close")) as [number | null];
    if (this.isInterrupted) throw new Error("Interrupted.");
    // The demo itself has moved the emulator's clock.
    const messages = text
      .split(/^(?=Warning: |Error: )/m)
      .filter((its) => !its.startsWith("Warning: The clocks of"));
    const lines = messages
      .join("")
      .split("\n")
      .filter((its) => !NOISE.some((noise) => noise.test(its)));
    const first = Math.max(
      0,
      lines.findIndex((its) => from.test(its)),
    );
    const excerpt = lines
      .slice(first)
      .join("\n")
      .replaceAll(/\n{3,}/g, "\n\n")
      .trim();
    if (excerpt !== "") say(excerpt);
    if (exitCode !== code)
      throw new Error(`The command ended with ${exitCode}, and not with ${code}:\n${text}`);
  }

  /** Starts the emulator, as in another terminal, and exports the variables that it prints. */
  async startEmulator(): Promise<void> {
    say("\n$ npx cdktf-genauth emulator --count 10    # in another terminal");
    const child = this.#start(
      `npx cdktf-genauth emulator --count 10 --fault '${JSON.stringify(LEGAL_HOLD)}'`,
      ".",
    );
    for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
      const [, name = "", value = ""] = /^export (\w+)=(.*)$/.exec(line) ?? [];
      say(line);
      this.#environment[name] = value;
      if (name === "GENAUTH_ACCESS_KEY_SECRET") return;
    }
    throw new Error("The emulator did not start.");
  }

  /** Puts the emulator's clock forward. */
  async letDaysPass(days: number): Promise<void> {
    say(`\n$ curl -s -X POST "$GENAUTH_HOST/let-days-pass/${days}"`);
    const answer = await fetch(`${this.#environment["GENAUTH_HOST"]}/let-days-pass/${days}`, {
      method: "POST",
    });
    say((await answer.text()).trim());
  }

  #start(line: string, folder: string): ChildProcess {
    const names = `npx() { shift; exec "$NODE" "$COMMAND" "$@"; }; ${this.engineName}() { "$ENGINE" "$@"; }`;
    const child = spawn("bash", ["-c", `${names}; ${line}`], {
      cwd: join(this.#folder, folder),
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#running.add(child);
    child.once("close", () => this.#running.delete(child));
    return child;
  }

  /** Ends what runs; `run` then fails. */
  interrupt(): void {
    this.isInterrupted = true;
    for (const child of this.#running) child.kill("SIGINT");
  }

  async close(): Promise<void> {
    const ended = [...this.#running].map((child) => once(child, "close"));
    for (const child of this.#running) child.kill("SIGINT");
    await Promise.all(ended);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function demo(terminal: Terminal): Promise<void> {
  const plan = /will perform the following|^(Error|Warning):|^No changes/;
  heading("Ten people are declared in a file");
  await terminal.run("npx cdktf-genauth install-provider --dir .");
  await terminal.startEmulator();
  await terminal.run("terraform init", { from: /successfully initialized/ });
  await terminal.run("terraform apply -auto-approve", { from: /^Apply complete/ });

  heading("One leaves the file: the plan says whose account goes");
  await terminal.run("sed -i.bak /user004/d staff.csv");
  await terminal.run("terraform plan -out=tfplan", { from: plan });
  await terminal.run("terraform apply tfplan", { from: plan });

  heading("Four leave, and GenAuth refuses to delete one of them");
  say(
    "GenAuth refuses the whole call that names user006. The batch is halved until the refused user stands alone.",
  );
  await terminal.run("sed -i.bak '/user00[5678]/d' staff.csv");
  await terminal.run("terraform apply -auto-approve", { code: 1, from: /^Warning:/ });
  say("\nNothing is forgotten: once GenAuth accepts it, the next apply deletes the one who is left.");
  await terminal.run("terraform apply -auto-approve", { from: /^Warning:/ });

  heading("With suspend_days, people who leave are suspended first");
  await terminal.run(
    "sed -i.bak 's/# suspend_days/suspend_days/' main.tf && sed -i.bak /user009/d staff.csv",
  );
  await terminal.run("terraform apply -auto-approve", { from: /^Warning:/ });
  await terminal.letDaysPass(15);
  await terminal.run("terraform apply -auto-approve", { from: /^Warning:/ });

  heading("The sum");
  await terminal.run("terraform show -json | npx cdktf-genauth drift --state - --format text");
  say("\nOf ten people, six left the file, and these six were deleted: one after two weeks of suspension.");
  say("The four who are still in the file were never touched. Continue with README.md.");
}

async function main(): Promise<number> {
  const engine = findEngine() ?? (await buildOpenTofu(() => undefined).then(findEngine));
  if (engine === undefined) throw new Error("OpenTofu was built, but does not run on this machine.");
  const terminal = new Terminal(engine);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => terminal.interrupt());
  try {
    await demo(terminal);
    return 0;
  } catch (error) {
    if (!terminal.isInterrupted) throw error;
    say("Interrupted.");
    return INTERRUPTED;
  } finally {
    await terminal.close();
  }
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
