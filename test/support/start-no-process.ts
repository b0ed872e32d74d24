// The module itself: a namespace is a copy of it, which nobody else sees.
import childProcess from "node:child_process";
import { afterAll, beforeAll } from "@jest/globals";

/** Keeps unit tests fast: tests that start a process belong in `test/engine`. */
const STARTERS = ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"] as const;

// Workers run tests of both projects, which share the modules of Node.js. A file that cannot be loaded runs none of its hooks.
const real = Object.fromEntries(STARTERS.map((name) => [name, childProcess[name]]));

const refuse = (command: unknown): never => {
  throw new Error(
    `A unit test starts no process, such as ${String(command)}. A test that starts one belongs in test/engine.`,
  );
};
beforeAll(() => void Object.assign(childProcess, Object.fromEntries(STARTERS.map((name) => [name, refuse]))));
afterAll(() => void Object.assign(childProcess, real));
