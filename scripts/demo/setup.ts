import type { Engine } from "../../test/support/engine/engine";
import { buildOpenTofu } from "./build-opentofu";
import { findEngine } from "./find-engine";
import { OPENTOFU, cacheFolder } from "../../test/support/engine/opentofu-cache";
import type { Children } from "./children";
import { people } from "./people";
import type { EngineContext } from "./engine-context";
import type { DemoOutput } from "./demo-output";

/** Finds an engine, or builds one. */
export async function chooseEngine(output: DemoOutput, children: Children): Promise<Engine> {
  output.step(
    "Find an engine",
    "Terraform or OpenTofu applies what the stack declares. The demo uses the real program.",
  );
  const engine = findEngine() ?? (await buildEngine(output, children));
  output.done(`${engine.name} ${engine.version}, ${engine.path}`);
  return engine;
}

async function buildEngine(output: DemoOutput, children: Children): Promise<Engine> {
  output.note(
    `Neither is installed, so OpenTofu ${OPENTOFU.version} is built from source with Go. This happens once and takes several\n` +
      `minutes. The program is kept in ${cacheFolder()}.`,
  );
  await buildOpenTofu((child) => children.watch(child));
  children.throwIfInterrupted();
  const engine = findEngine();
  if (engine === undefined) throw new Error("OpenTofu was built, but does not run on this machine.");
  return engine;
}

/** Starts the emulator, declares everybody, and creates the set in the state. */
export async function setUp(context: EngineContext): Promise<void> {
  const { output } = context;
  output.step(
    "Start the emulator of GenAuth",
    "It runs on this machine and behaves as GenAuth does, including signatures and limits. No real user can be deleted.",
  );
  const emulator = await context.startEmulator();
  output.check(
    `${emulator.pool.size} users are in the pool at ${emulator.url}`,
    emulator.pool.size === 120,
    emulator.pool.size,
  );

  output.step(
    "Declare everybody, and synthesise the stack",
    "staff.csv lists who may have an account, one line per person. The example stack, a few lines of TypeScript, reads it\n" +
      "and writes a Terraform configuration with the provider beside it, so no registry is needed.",
  );
  context.staffFile.write(people());
  const synthesis = await context.synthesise();
  output.check("the stack is synthesised with 120 users", synthesis.code === 0, synthesis.text);

  output.step(
    "Create the set: init and apply",
    "The first apply writes the 120 ids to the state. It deletes nobody: only users who were in the set can leave it.",
  );
  const init = await context.run("init", "-input=false");
  output.checkDetail("the engine found the provider offline", init.code === 0, init.text);
  const apply = await context.run("apply", "-input=false", "-auto-approve");
  output.checkDetail("the apply succeeded", apply.code === 0, apply.text);
  const { users } = await context.userSet();
  output.check("the state holds 120 users", Object.keys(users).length === 120, users);
  output.check(
    "the emulator received no deletion",
    context.deletionsSince(0).length === 0,
    context.deletionsSince(0),
  );
}
