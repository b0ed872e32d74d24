// Recorders of terminals show what ran once; this runs README's commands, and fails if they do.
import "../check-platform.mjs";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
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
const LEGAL_HOLD = JSON.stringify({
  on: "delete-users-batch",
  ids: ["user006@example.com"],
  userIdType: "email",
  times: 3,
  then: { kind: "answer", statusCode: 422, message: "This user is under a legal hold" },
});

/** Lines of an engine that say nothing about people. */
const NOISE = [
  /: (Refreshing state|Modifying|Creating|Still|Creation complete|Modifications complete)/,
  /^Initializing|^(- )?(Finding|Installing|Installed|Reusing|Using) |^─+$|^ +\d+: resource/,
  /^ {2}(with genauth_|on main\.tf)|^Saved the plan|^To perform exactly|^ {4}(terraform|tofu) apply/,
];

const say = (text: string) => void process.stdout.write(`${text}\n`);
const heading = (title: string) => say(`\n${title}\n${"=".repeat(title.length)}`);

/** Follows the output of each command, with its exit code. */
const END = "--- end of the command:";

/** A terminal in a new folder, in which `npx` runs this package's command, and the name of the engine the engine. */
class Terminal {
  readonly #folder = mkdtempSync(join(tmpdir(), "genauth-demo-"));
  readonly #shell: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  isInterrupted = false;

  constructor(readonly engine: Engine) {
    const settings = join(this.#folder, "empty.tfrc");
    writeFileSync(settings, "");
    const folderOfPackage = join(this.#folder, "node_modules/cdktf-genauth");
    mkdirSync(dirname(folderOfPackage), { recursive: true });
    symlinkSync(ROOT, folderOfPackage);
    const own = {
      NODE: process.execPath,
      COMMAND,
      ENGINE: engine.path,
      TF_CLI_ARGS: "-no-color",
      LEGAL_HOLD,
    };
    // A group of its own: Ctrl-C reaches what runs in it from here only.
    this.#shell = spawn("bash", ["-s"], {
      cwd: this.#folder,
      env: cleanEnvironment(settings, own),
      detached: true,
    });
    this.#lines = createInterface({ input: this.#shell.stdout })[Symbol.asyncIterator]();
    this.#shell.stdin.write(
      `exec 2>&1; npx() { shift; "$NODE" "$COMMAND" "$@"; }; ${this.engineName}() { "$ENGINE" "$@"; }\n` +
        `export -f npx ${this.engineName}; set -o pipefail; export SHELLOPTS\n`,
    );
  }

  get engineName(): string {
    return this.engine.name === "OpenTofu" ? "tofu" : "terraform";
  }

  /** Runs a command, and shows it and what a reader looks for in its output. @throws Error if it does not end with the code */
  async run(line: string, { code = 0, from = /^/ }: { code?: number; from?: RegExp } = {}): Promise<void> {
    const shown = line.replaceAll("terraform ", `${this.engineName} `);
    say(`\n$ ${shown}`);
    // A shell within reads the next commands.
    const [command = "", comment] = shown.split(/(?= {4}#)/);
    const run = /-- bash$/.test(command) ? `${command} ${comment ?? ""}` : `{ ${command}\n} </dev/null`;
    this.#shell.stdin.write(`${run}\necho "${END} $?"\n`);
    const printed: string[] = [];
    let ended: number | undefined;
    while (ended === undefined) {
      const next = await this.#lines.next();
      if (this.isInterrupted) throw new Error("Interrupted.");
      if (next.done === true) throw new Error(`The shell ended at: ${shown}\n${printed.join("\n")}`);
      if (next.value.startsWith(END)) ended = Number(next.value.slice(END.length));
      else printed.push(next.value);
    }
    const excerpt = excerptOf(printed, from);
    if (excerpt !== "") say(excerpt);
    if (ended !== code)
      throw new Error(`The command ended with ${ended}, and not with ${code}:\n${printed.join("\n")}`);
  }

  /** Ends what runs; `run` then fails. */
  interrupt(): void {
    this.isInterrupted = true;
    if (this.#shell.pid !== undefined && this.#shell.exitCode === null)
      process.kill(-this.#shell.pid, "SIGINT");
  }

  async close(): Promise<void> {
    if (this.#shell.exitCode === null && this.#shell.signalCode === null) {
      const ended = once(this.#shell, "close");
      // The shell, and the one within the emulator.
      this.#shell.stdin.end();
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What a reader looks for in the output of a command. */
function excerptOf(printed: readonly string[], from: RegExp): string {
  // The demo itself has moved the emulator's clock.
  const messages = printed
    .join("\n")
    .split(/^(?=Warning: |Error: )/m)
    .filter((message) => !message.startsWith("Warning: The clocks of"));
  const lines = messages
    .join("")
    .split("\n")
    .filter((line) => !NOISE.some((noise) => noise.test(line)));
  const first = Math.max(
    0,
    lines.findIndex((line) => from.test(line)),
  );
  return lines
    .slice(first)
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

async function demo(terminal: Terminal): Promise<void> {
  const plan = /will perform the following|^(Error|Warning):|^No changes/;
  heading("Ten people are declared in a file");
  await terminal.run("cp -r node_modules/cdktf-genauth/examples/hcl infra");
  await terminal.run("npx cdktf-genauth install-provider --dir infra");
  await terminal.run(
    'npx cdktf-genauth emulator --count 10 --fault "$LEGAL_HOLD" -- bash    # a shell that talks to the emulator',
  );
  await terminal.run("cd infra");
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
  await terminal.run('curl -s -X POST "$GENAUTH_HOST/let-days-pass/15"');
  await terminal.run("terraform apply -auto-approve", { from: /^Warning:/ });

  heading("The sum");
  await terminal.run("terraform show -json | npx cdktf-genauth drift --state - --format text");
  await terminal.run("exit");
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
