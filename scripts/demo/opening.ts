import type { Engine } from "../engine/engine";
import { buildOpenTofu } from "../engine/build-opentofu";
import { findEngine } from "../engine/find-engine";
import { OPENTOFU, cacheFolder } from "../engine/opentofu-cache";
import type { Children } from "./children";
import { people } from "./people";
import type { Stage } from "./stage";
import type { Voice } from "./voice";

/** Finds an engine, or builds one. */
export async function chooseEngine(voice: Voice, children: Children): Promise<Engine> {
  voice.step(
    "Find an engine",
    "Terraform or OpenTofu carries out what the stack declares. It is the real one, nothing of it is faked.",
  );
  const engine = findEngine() ?? (await buildEngine(voice, children));
  voice.done(`${engine.name} ${engine.version}, ${engine.path}`);
  return engine;
}

async function buildEngine(voice: Voice, children: Children): Promise<Engine> {
  voice.note(
    `Neither is installed, so OpenTofu ${OPENTOFU.version} is built from its source with Go. This happens once and takes\n` +
      `some minutes; the result is kept in ${cacheFolder()}.`,
  );
  await buildOpenTofu((child) => children.watch(child));
  children.throwIfInterrupted();
  const engine = findEngine();
  if (engine === undefined) throw new Error("OpenTofu was built, but does not run on this machine.");
  return engine;
}

/** Starts the emulator, declares everybody, and takes the set into the state. */
export async function open(stage: Stage): Promise<void> {
  const { voice } = stage;
  voice.step(
    "Start the emulator of GenAuth",
    "It answers on this machine as GenAuth would, signatures and limits included. Nobody real can be deleted here.",
  );
  const emulator = await stage.startEmulator();
  voice.check(
    `${emulator.pool.size} users are in the pool at ${emulator.url}`,
    emulator.pool.size === 120,
    emulator.pool.size,
  );

  voice.step(
    "Declare everybody, and synthesise the stack",
    "staff.csv lists who may have an account, a line a person. The example stack, a few lines of TypeScript, reads it\n" +
      "and writes what the engine understands, with the provider beside it: no registry is asked for anything.",
  );
  stage.staffFile.write(people());
  const synthesis = await stage.synthesise();
  voice.check("the stack is synthesised with 120 users", synthesis.code === 0, synthesis.text);

  voice.step(
    "Take the set over: init and apply",
    "The first apply writes the 120 ids down in the state. It deletes nobody: only who was in the set can leave it.",
  );
  const init = await stage.run("init", "-input=false");
  voice.check("the engine found the provider offline", init.code === 0, init.text);
  const apply = await stage.run("apply", "-input=false", "-auto-approve");
  voice.check("the apply succeeded", apply.code === 0, apply.text);
  const { users } = await stage.userSet();
  voice.check("the state holds 120 users", Object.keys(users).length === 120, users);
  voice.check(
    "the emulator received no deletion",
    stage.deletionsSince(0).length === 0,
    stage.deletionsSince(0),
  );
}
