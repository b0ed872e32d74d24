import { describe, expect, test } from "@jest/globals";
import {
  DELETE,
  deletion,
  expectDone,
  expectRefused,
  LOOK_UP,
  lookUp,
  openGuard,
} from "./support/in-process";
import { ada, bob, dora, everybodyBut, idsOfEverybody, poolWith } from "./support/people";
import { planOf } from "./support/plans";

/** The guard holds an approved id for the person whom the plan means, and for nobody else. */

const MEANS_ANOTHER = "the plan means somebody else than who has got the id of this user";

describe("an id that differs from the approved one is not approved, although GenAuth may match it:", () => {
  test.each([
    { difference: "a blank before it", id: ` ${ada.email}` },
    { difference: "a blank behind it", id: `${ada.email} ` },
    { difference: "a line break behind it", id: `${ada.email}\n` },
    { difference: "a zero byte behind it", id: `${ada.email}\0` },
    { difference: "a byte order mark before it", id: `\uFEFF${ada.email}` },
    { difference: "a zero-width character inside", id: ada.email.replace("@", "\u200B@") },
    { difference: "a full-width character", id: ada.email.replace("@", "\uFF20") },
    { difference: "half a surrogate pair behind it", id: `${ada.email}\uD800` },
    { difference: "a comma and somebody else behind it", id: `${ada.email},${bob.email}` },
  ])("$difference", async ({ id }) => {
    const guarded = await openGuard({ plans: [planOf({ deleted: [ada.email] })] });
    expect((await guarded.send(LOOK_UP, lookUp([id]))).status).toBe(200);
    expectRefused(await guarded.send(DELETE, deletion([id])), "no approved plan deletes this user");
    expect(guarded.idsLeft()).toEqual(idsOfEverybody);
  });

  test("the same characters, decomposed", async () => {
    const composed = "caf\u00E9@example.com";
    const users = poolWith([ada, { email: composed }]);
    const guarded = await openGuard({ plans: [planOf({ deleted: [composed], users })] }, { users });
    const decomposed = deletion([composed.normalize("NFD")]);
    expectRefused(await guarded.send(DELETE, decomposed), "no approved plan deletes this user");
    expectDone(await guarded.send(DELETE, deletion([composed])));
    expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
  });
});

describe.each([{ moment: "before the guard's start" }, { moment: "after the guard's start" }])(
  "an id that passes on $moment",
  ({ moment }) => {
    const isBeforeStart = moment === "before the guard's start";

    test("deletes nobody, if the plan means nobody by it", async () => {
      const absent = "absent@example.com";
      const changed = poolWith([dora, { email: absent }]);
      const guarded = await openGuard(
        { plans: [planOf({ deleted: [absent] })] },
        { users: isBeforeStart ? changed : poolWith() },
      );
      guarded.emulator.pool.update(dora.id, { email: absent });
      expectRefused(await guarded.send(DELETE, deletion([absent])), "no approved plan deletes this user");
      expectRefused(await guarded.deleteByUserId(dora), "no approved plan deletes this user");
      expect(guarded.idsLeft()).toEqual(idsOfEverybody);
    });

    test("deletes nobody who has got it, and still the person whom the plan means", async () => {
      const plans = [planOf({ deleted: [ada.email], suspended: [bob.email] })];
      const changed = poolWith([ada, { email: "ada@new.example" }], [dora, { email: ada.email }]);
      const guarded = await openGuard({ plans }, { users: isBeforeStart ? changed : poolWith() });
      if (!isBeforeStart) guarded.emulator.pool.passId("email", ada.id, dora.id);
      expectRefused(await guarded.deleteByEmail(ada), MEANS_ANOTHER);
      expectRefused(await guarded.deleteByUserId(dora), "no approved plan deletes this user");
      expectRefused(await guarded.suspend(dora), "no approved plan suspends this user");
      expect(guarded.idsLeft()).toEqual(idsOfEverybody);
      expectDone(await guarded.deleteByUserId(ada));
      expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
    });
  },
);
