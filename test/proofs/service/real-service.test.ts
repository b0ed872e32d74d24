import { existsSync, readdirSync } from "node:fs";
import { afterEach, describe, expect, test } from "@jest/globals";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../support/emulator";
import { cleanUpWith, JournalFolder } from "../../support/service/rehearsal";
import { describeOnRealService } from "../../support/service/real-scenarios";
import { POOL_VARIABLE, RealService } from "../../support/service/real-service";

/** What `npm run test:real` runs with a real service, with an empty emulator instead. */

const folder = new JournalFolder();

async function reachEmulator(
  options: EmulatorOptions = {},
): Promise<{ readonly emulator: Emulator; readonly service: RealService }> {
  const emulator = await startEmulator({ rateLimit: false, users: [], ...options });
  const environment = {
    ...emulator.environment(),
    [POOL_VARIABLE]: emulator.accessKeyId,
    GENAUTH_REQUESTS_PER_SECOND: "1000",
    GENAUTH_CONFIRM_SECONDS: "1",
  };
  const service = new RealService(environment, folder.path);
  await service.refuseIfUsed();
  return { emulator, service };
}

describe("its tests", () => {
  let emulator: Emulator | undefined;
  // Registered first, so that it runs after the client was closed.
  afterEach(() => {
    expect(emulator?.pool.list()).toEqual([]);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  describeOnRealService(async () => {
    const reached = await reachEmulator();
    emulator = reached.emulator;
    return reached.service;
  });
});

describe("what it does by itself", () => {
  let reached: Awaited<ReturnType<typeof reachEmulator>>;
  afterEach(async () => {
    reached.service.close();
    await reached.emulator.close();
  });

  test("a service that deletes by a part of an id ends it before any scenario", async () => {
    reached = await reachEmulator({ variants: { deletionMatching: "part" } });
    const { emulator, service } = reached;
    await expect(service.rehearse()).rejects.toThrow(/^Do not apply yet .* +STOP /s);
    expect(emulator.pool.list()).toEqual([]);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test("test users of a scenario that fails are deleted, and its failure is told", async () => {
    reached = await reachEmulator();
    const { emulator, service } = reached;
    const use = async () => {
      expect(emulator.pool.size).toBe(2);
      return Promise.reject(new Error("The scenario failed."));
    };
    await expect(service.withTestUsers("failing", 2, use)).rejects.toThrow("The scenario failed.");
    expect(emulator.pool.list()).toEqual([]);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test("if they cannot be deleted, the journal stays and is named, and it deletes them later", async () => {
    reached = await reachEmulator();
    const { emulator, service } = reached;
    emulator.faults.add({ on: "delete-users-batch", then: { kind: "answer", statusCode: 403 } });
    const use = () => Promise.reject(new Error("The scenario failed."));
    const failure: unknown = await service.withTestUsers("failing", 2, use).catch((error: unknown) => error);
    expect(failure).toMatchObject({ cause: { message: "The scenario failed." } });
    const [, file = ""] = /Run cdktf-genauth rehearse --clean-up (.*)\.$/.exec(String(failure)) ?? [];
    expect(existsSync(file)).toBe(true);
    await expect(service.refuseIfUsed()).rejects.toThrow("did not finish");
    emulator.faults.clear();
    expect(await cleanUpWith(emulator, file)).toEqual({ found: 2 });
    expect(emulator.pool.list()).toEqual([]);
  });
});
