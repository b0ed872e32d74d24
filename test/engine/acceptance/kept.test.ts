import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { describeWithNullResource } from "../../support/acceptance/null-resource-case";
import {
  applySet,
  check,
  deletionsReceived,
  type RemovalCase,
  runRemovalCase,
} from "../../support/acceptance/removal-case";

const pool = seedUsers(8);
const emails = pool.map(({ email }) => email ?? "");
const [ada = "", bob = "", eve = "", dan = ""] = emails;
const [adaId = "", bobId = "", , danId = ""] = pool.map(({ userId }) => userId);
const adaInCapitals = ada.toUpperCase();
const setup = { emulator: { users: pool } };
const email = { user_id_type: "email" };

/** One case for each path through an engine: an update with the provider's block, the private data, a refused plan. */
const cases: readonly RemovalCase[] = [
  {
    title: "whose e-mail only changes its case, who is retained, and who is protected by another type of id",
    setup,
    before: { ...email, users: emails },
    after: { ...email, users: [adaInCapitals, ...emails.slice(7)], retained_ids: [bob] },
    provider: {
      protected_users: {
        email: [eve],
        user_id: [danId],
        phone: ["+8613800000005"],
        external_id: ["HR-user006"],
        identity: ["62f20932716fbcc10d966ee5:oidc_user007"],
      },
    },
    plan: {
      code: 2,
      says: [
        "7 users will leave the set but not GenAuth",
        "still declared",
        "retained",
        "protected",
        `${eve} (by email ${eve}) ${dan} (by user_id ${danId}) ` +
          "user005@example.com (by phone +8613800000005) user006@example.com (by external_id HR-user006) " +
          "user007@example.com (by identity 62f20932716fbcc10d966ee5:oidc_user007)",
      ],
      neverSays: ["will be permanently deleted"],
    },
    apply: { code: 0, says: ["still declared", "retained", "protected"] },
    state: { users: [adaInCapitals, ...emails.slice(7)], drift: { missing: [], survivors: [] } },
    gone: [],
    nullResource: "always",
  },
  {
    title: "an id that now names another user",
    setup,
    before: { ...email, users: [ada, bob] },
    after: { ...email, users: [bob] },
    meanwhile: ({ emulator }) => {
      emulator.pool.update(adaId, { email: "former@example.com" });
      emulator.pool.add({ userId: "ffffffffffffffffffffffff", email: ada, name: "Ada Two" });
    },
    plan: { code: 2, says: ["somebody else"], neverSays: ["will be permanently deleted"] },
    apply: { code: 0, says: ["somebody else"] },
    state: { users: [bob], drift: { missing: [], survivors: [] } },
    gone: [],
    nullResource: {
      not: "there are no bindings: the current user of the id is deleted, as documented for `NullResourceUserSet`",
    },
  },
  {
    title: "everybody, if the pool is wrong",
    setup,
    before: { ...email, users: emails },
    meanwhile: ({ emulator }) => void emulator.faults.add({ on: "get-user-batch", then: { kind: "omit" } }),
    after: { ...email, users: emails.slice(1) },
    plan: { code: 1, says: ["None of the users is in this pool", "GENAUTH_ACCEPT_EMPTY_POOL"] },
    state: { users: emails },
    gone: [],
    next: { code: 2, says: ["1 user will be permanently deleted"] },
    nullResource: "always",
  },
];

describeWithNullResource("kept, with a reason,", cases);

describe.each(engines())("kept, with a reason, on $name", (engine) => {
  const open = useScenarios(engine);
  test.each(cases)("$title", async (story) => runRemovalCase(await open(story.setup), story));

  test("a new order of the retained ids is no change, and neither is one that is named twice", async () => {
    const { workspace } = await open(setup);
    await applySet(workspace, { ...email, users: [ada], retained_ids: [bob, eve] });
    workspace.write({ ...email, users: [ada], retained_ids: [eve, bob, eve] });
    check(await workspace.plan(), { code: 0, says: ["No changes"] });
  });

  test("an id that passes to another user while it is declared is a change of its own, and bound at its apply", async () => {
    const scenario = await open(setup);
    const { emulator, workspace } = scenario;
    workspace.write({ ...email, users: [ada, bob] });
    check(await scenario.workspace.apply(), { code: 0 });
    const adaTwo = "ffffffffffffffffffffffff";
    emulator.pool.update(adaId, { email: "former@example.com" });
    emulator.pool.add({ userId: adaTwo, email: ada, name: "Ada Two" });

    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: [
        "1 declared id now names somebody else",
        `was user ${adaId}, is user ${adaTwo} (Ada Two) now`,
        "taking the id out of the set deletes the new user's account",
      ],
    });
    const planned = (await workspace.planJson("plan")) as {
      readonly resource_changes: readonly {
        readonly change: { readonly after: { readonly rebindings?: unknown } };
      }[];
    };
    const rebindings = { [ada]: { former_user_id: adaId, user_id: adaTwo } };
    expect(planned.resource_changes[0]?.change.after.rebindings).toEqual(rebindings);
    check(await workspace.apply("plan"), { code: 0 });
    expect(workspace.userSet()).toMatchObject({ rebindings });
    check(await workspace.plan(), { code: 0, neverSays: ["somebody else"] });
    workspace.write({ ...email, users: [bob] });
    check(await workspace.apply(), { code: 0, says: ["1 user will be permanently deleted"] });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
    expect(emulator.pool.find(adaId)).toBeDefined();
  });

  test("a protected id that names nobody is told by a plan that deletes somebody, and costs quiet plans no call", async () => {
    const { emulator, workspace } = await open(setup);
    const provider = {
      protected_users: { email: [bob, "bbo@example.com"], username: ["nobody", "user003"] },
    };
    workspace.write({ ...email, users: emails }, provider);
    check(await workspace.apply(), { code: 0, neverSays: ["protected id"] });
    const calls = emulator.calls.length;
    check(await workspace.plan(), { code: 0, neverSays: ["protected id"] });
    expect(emulator.calls.length - calls).toBe(1);

    workspace.write({ ...email, users: emails.slice(1) }, provider);
    const says = ["Warning: 2 protected ids not found in GenAuth", "bbo@example.com", "nobody", "(username)"];
    check(await workspace.plan("-out=plan"), { code: 2, says });
    check(await workspace.apply("plan"), { code: 0, neverSays: ["protected ids"] });
    expect(emulator.pool.find(adaId)).toBeUndefined();
  });

  test("a declared user who disappeared is reported, and one who was never found is only counted", async () => {
    const { emulator, workspace } = await open(setup);
    await applySet(workspace, {
      ...email,
      users: { [ada]: "Ada", [bob]: "Bob", "soon@example.com": "Soon" },
    });
    expect(workspace.userSet()?.drift).toEqual({
      missing: ["soon@example.com"],
      survivors: [],
      locked_out: [],
    });
    emulator.pool.remove(bobId);
    check(await workspace.plan(), {
      code: 0,
      says: ["1 declared user vanished", bob],
      neverSays: ["soon@example.com"],
    });
    check(await workspace.apply("-refresh-only"), { code: 0 });
    expect(workspace.userSet()?.drift).toEqual({
      missing: ["soon@example.com", bob].sort(),
      survivors: [],
      locked_out: [],
    });
    expect(workspace.userSet()?.users).toEqual({ [ada]: "Ada", [bob]: "Bob", "soon@example.com": "Soon" });
  });
});
