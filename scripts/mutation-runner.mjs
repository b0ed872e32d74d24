// Stryker's own runner loads all files of tests anew for each mutant: 12 s of processor time against 0.5 s.
import { readdirSync, readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { join } from "node:path";
import { commonTokens, declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
} from "@stryker-mutator/api/test-runner";

/** The folders and files of tests that are run, by the folder of `src` whose code is changed. */
const TESTS_OF = {
  // Those in `engine` start no engine. The guard and the doctor send calls of their own.
  api: ["unit/api", "unit/guard", "engine/api", "engine/service/doctor.test.ts"],
  guard: ["unit/guard"],
  "plan-gate": ["unit/plan-gate"],
  // The provider and its domain are tested together.
  users: ["unit/users", "unit/provider"],
  provider: ["unit/users", "unit/provider"],
};
/** A test that takes longer under a mutant waits for what never comes. */
const TEST_TIMEOUT_MS = 10_000;

/**
 * Runs the tests of a mutant for Stryker, in one process that loads each file once. Runs the shortest first,
 * and none after the first that fails.
 */
class WarmTestRunner {
  static inject = [commonTokens.options];

  #mutate;
  #circus;
  /** Closes what the tests of a file have opened, as `test/support/clean-up.ts` does. */
  #closeAll;
  #files = [];
  /** The id of each test, for Stryker's record of which mutants it reaches. */
  #ids = new Map();
  #durations = new Map();
  #runs = 0;
  #isSpoilt = false;
  #stryker = (globalThis.__stryker__ ??= {});

  constructor({ mutate }) {
    this.#mutate = mutate;
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  init() {
    process.env.NODE_ENV = "test";
    const require = createRequire(join(process.cwd(), "package.json"));
    compileTypeScript(require);
    this.#circus = require("jest-circus");
    replaceJest(require, this.#circus);
    // As `jest.config.cjs` does by a map of names.
    require("fast-check").configureGlobal({ seed: require("./test/support/seed").SEED });
    this.#closeAll = require("./test/support/at-end").closeAll;
    for (const name of testsFor(this.#mutate)) {
      this.#circus.resetState();
      require(`./${name}`);
      const state = this.#circus.getState();
      state.testTimeout = TEST_TIMEOUT_MS;
      const tests = [...testsOf(state.rootDescribeBlock)].map(([test, path]) => ({
        id: `${name}: ${path}`,
        test,
        mode: test.mode,
      }));
      for (const { id, test } of tests) {
        this.#ids.set(test, id);
        // Side by side, nobody could tell which of them reaches a mutant.
        test.concurrent = false;
      }
      this.#files.push({ name, state, tests });
    }
    this.#circus.addEventHandler(({ name, test }) => {
      if (name === "test_start") this.#stryker.currentTestId = this.#ids.get(test);
      if (name === "test_done") this.#stryker.currentTestId = undefined;
    });
  }

  async dryRun() {
    const tests = await this.#run(new Set(this.#ids.values()), true);
    for (const { id, timeSpentMs } of tests) this.#durations.set(id, timeSpentMs);
    return { status: DryRunStatus.Complete, tests, mutantCoverage: this.#stryker.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, disableBail, hitLimit }) {
    if (this.#isSpoilt) throw new Error("The mutant before has changed what tests share.");
    this.#runs += 1;
    const stryker = this.#stryker;
    Object.assign(stryker, { activeMutant: activeMutant.id, hitLimit, hitCount: hitLimit && 0 });
    const tests = await this.#run(new Set(testFilter ?? this.#ids.values()), disableBail);
    const limit = determineHitLimitReached(stryker.hitCount, stryker.hitLimit);
    Object.assign(stryker, { activeMutant: undefined, hitLimit: undefined, hitCount: undefined });

    // A test that fails without the mutant, too, proves nothing. Stryker then tries again in a new process.
    const failed = tests.filter(({ status }) => status === TestStatus.Failed).map(({ id }) => id);
    const again = await this.#run(new Set(failed), true);
    this.#isSpoilt = again.some(({ status }) => status === TestStatus.Failed);
    if (this.#isSpoilt && this.#runs > 1)
      throw new Error(`This fails without a mutant: ${failed.join(", ")}`);
    return toMutantRunResult(limit ?? { status: DryRunStatus.Complete, tests }, disableBail);
  }

  /** Runs some tests, all of them or those up to the first that fails. */
  async #run(ids, isToEnd) {
    const results = [];
    const duration = (tests) => tests.reduce((sum, { id }) => sum + (this.#durations.get(id) ?? 0), 0);
    const chosen = this.#files
      .map((file) => ({ ...file, chosen: file.tests.filter(({ id }) => ids.has(id)) }))
      .filter((file) => file.chosen.length > 0)
      .sort((one, other) => duration(one.chosen) - duration(other.chosen));
    for (const file of chosen) {
      results.push(...(await this.#runFile(file, isToEnd)));
      if (!isToEnd && results.some(({ status }) => status === TestStatus.Failed)) break;
    }
    return results;
  }

  async #runFile({ name, state, tests, chosen }, isToEnd) {
    state.unhandledErrors = [];
    for (const { test } of tests) Object.assign(test, { mode: "skip", errors: [], status: null });
    for (const { test, mode } of chosen) test.mode = mode;
    const stop = ({ name: event, test }) => {
      if (isToEnd || event !== "test_done" || test.errors.length === 0) return;
      for (const each of tests) each.test.mode = "skip";
    };
    this.#circus.addEventHandler(stop);
    this.#circus.setState(state);
    const { unhandledErrors } = await this.#circus.run();
    this.#circus.removeEventHandler(stop);
    await this.#closeAll();
    return chosen
      .filter(({ test }) => test.status === "done")
      .map(({ id, test }, index) => {
        // What fails outside a test, such as in `afterAll`, counts as the failure of one.
        const errors = index === 0 ? [...test.errors, ...unhandledErrors] : test.errors;
        const common = { id, name: id, fileName: name, timeSpentMs: test.duration ?? 0 };
        return errors.length === 0
          ? { ...common, status: TestStatus.Success }
          : { ...common, status: TestStatus.Failed, failureMessage: String(errors[0]) };
      });
  }
}

/** Lets `require` load TypeScript, and compiles `import()` to it, so that each file is loaded once. */
function compileTypeScript(require) {
  const { transformSync } = require("esbuild");
  const options = { loader: "ts", format: "cjs", target: "node20", sourcemap: "inline" };
  Module._extensions[".ts"] = (module, path) => {
    const { code } = transformSync(readFileSync(path, "utf8"), {
      ...options,
      sourcefile: path,
      supported: { "dynamic-import": false },
    });
    module._compile(code, path);
  };
}

/** Gives tests the functions of Jest that Jest provides only to those that it runs itself. */
function replaceJest(require, circus) {
  const { jestExpect: expect } = require("@jest/expect");
  const { ModernFakeTimers } = require("@jest/fake-timers");
  const timers = new ModernFakeTimers({ config: { fakeTimers: {} }, global: globalThis });
  const path = require.resolve("@jest/globals");
  const jest = Object.fromEntries(
    ["useFakeTimers", "useRealTimers", "advanceTimersByTimeAsync"].map((name) => [
      name,
      (...parameters) => timers[name](...parameters),
    ]),
  );
  require.cache[path] = { id: path, filename: path, loaded: true, exports: { ...circus, expect, jest } };
}

/** The tests of the code that patterns such as `src/guard/**` name. */
function testsFor(patterns) {
  const places = Object.entries(TESTS_OF)
    .filter(([source]) => patterns.some((pattern) => pattern.startsWith(`src/${source}/`)))
    .flatMap(([, tests]) => tests);
  if (places.length === 0)
    throw new Error(`Nothing says which tests to run for ${patterns.join(", ")}: see TESTS_OF.`);
  return [...new Set(places)].flatMap((place) =>
    place.endsWith(".test.ts") ? [`test/${place}`] : testsIn(`test/${place}`),
  );
}

function testsIn(folder) {
  return (
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      // A random test takes seconds, more if it fails, and what it finds depends on its seed.
      .filter((name) => name.endsWith(".test.ts") && !name.includes("/random/"))
      .sort()
  );
}

/** Each test of a block, with its name after those of the blocks around it. */
function* testsOf(block, path = "") {
  for (const child of block.children) {
    const childPath = `${path} ${child.name}`.trim();
    if (child.type === "test") yield [child, childPath];
    else yield* testsOf(child, childPath);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "warm", WarmTestRunner)];
