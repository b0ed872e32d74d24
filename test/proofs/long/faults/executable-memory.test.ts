import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { atEnd, newFolder } from "../../../support/at-end";
import { idsOf, ownConfiguration } from "../../../../bench/benchmarks/sets";
import { BenchEmulator } from "../../../../bench/emulator/emulator";
import { EngineFolder } from "../../../../bench/engine/folder";
import { ownExecutable } from "../../../../bench/engine/providers";
import { engines } from "../../../support/engine/engines";
import { reportingTo, takeReports } from "../../../../bench/measure/usage";

const USERS = 30_000;
/**
 * The most that a process of the executable may take, in MiB: what `npm run bench` allows the script for 100,000 users. Without
 * the collection before each large request (`src/plugin/engine-server.ts`), a plan takes more.
 */
const BOUND = 300;
const MIB = 1024 * 1024;

test.each(engines().slice(0, 1))(
  `on $name, the executable plans and applies a removal from ${USERS} users within ${BOUND} MiB`,
  async (engine) => {
    const folder = await EngineFolder.open(
      engine,
      ownExecutable(join(__dirname, "../../../../dist"), newFolder()),
    );
    atEnd(() => folder.close());
    const emulator = await BenchEmulator.start({ users: USERS });
    atEnd(() => emulator.close());
    const file = join(folder.path, "usage.jsonl");
    const environment = { ...emulator.environment(), ...reportingTo(file) };
    const peak = () => Math.round(Math.max(...takeReports(file).map((usage) => usage.peak)) / MIB);

    const ids = idsOf(USERS);
    folder.write(ownConfiguration(ids));
    await folder.apply(environment, []);
    const create = peak();
    folder.write(ownConfiguration(ids.slice(USERS / 10)));
    await folder.plan(environment);
    const plan = peak();
    await folder.apply(environment);
    const apply = peak();

    console.info(`The most memory, in MiB: create ${create}, plan ${plan}, apply ${apply}`);
    expect(Math.max(create, plan, apply)).toBeLessThan(BOUND);
  },
);
