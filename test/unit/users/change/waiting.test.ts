import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, ProtectedUsers, type Resolution, UserIdType } from "../../../../src/users";
import { decideWaiting, NO_STATUS, RELEASED } from "../../../../src/users/change/waiting";
import { type Leaver, noCall } from "../../../../src/users/fate";
import { found } from "../../../../src/users/look-up/resolution";
import type { ProtectedMatch } from "../../../../src/users/reasons";
import type { WaitingUser } from "../../../../src/users/waiting-user";
import { LOST, REFUSED } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { idOf, person } from "../../../support/users/people";
import { contextOn, unlimitedChange } from "../support/set-change";
import { ada, bob, due, early, nothingChanges, reactivated, suspension, WAITS } from "../support/waiting-ada";

const { EMAIL, PHONE, USER_ID, USERNAME } = UserIdType;

const ADA = idOf(ada, EMAIL);

/** Ada in GenAuth, after somebody changed something. */
const renamed = { ...ada, email: "elsewhere@example.com" };
const suspendedAgain = { ...ada, statusChangedAt: "2026-01-02T09:00:00.000Z" };
const withoutStatus = without(ada, "status", "statusChangedAt");

/** Ada waits, and a change of the set is decided. */
interface Situation {
  /** What the set remembers of her. Default: her day has come. */
  readonly waiting?: WaitingUser;
  /** The users in GenAuth. Default: Ada, still suspended, and Bob. */
  readonly pool?: readonly DirectoryUser[];
  /** The ids that the set declares, with the user to whom each is bound, if it is. Default none. */
  readonly declares?: Readonly<Record<string, DirectoryUser | undefined>>;
  /** What look-ups said of added ids. */
  readonly lookedUp?: Readonly<Record<string, Resolution>>;
  readonly retains?: readonly string[];
  readonly protects?: ProtectedMatch;
  /** Who protects it. Default: nobody says. */
  readonly protectedBy?: "operator" | "configuration";
  /** Look-ups by this type fail. */
  readonly failingType?: UserIdType;
}

/** Decides what happens to Ada. */
async function decide({
  waiting = due,
  pool = [ada, bob],
  declares = {},
  lookedUp = {},
  retains = [],
  protects,
  protectedBy,
  failingType,
}: Situation): Promise<Leaver> {
  const directory = new ModelDirectory(pool);
  directory.fault = ({ type }) => (type === failingType ? { failure: LOST } : undefined);
  const ids = new Map(protects && [[protects.type, [protects.id]]]);
  const bindings = Object.entries(declares).flatMap(([id, user]): [string, string][] =>
    user ? [[id, user.userId]] : [],
  );
  const { leavers } = await decideWaiting(
    {
      change: unlimitedChange({
        type: EMAIL,
        prior: new Map(),
        declared: new Map(Object.keys(declares).map((id) => [id, ""])),
        bindings: new Map(bindings),
        retained: retains,
      }),
      context: contextOn(directory, {
        protectedUsers: ProtectedUsers.of(ids),
        operatorProtected:
          protectedBy &&
          ProtectedUsers.of(protectedBy === "operator" ? ids : new Map<UserIdType, string[]>()),
      }),
      resolutions: new Map(Object.entries(lookedUp)),
      approved: undefined,
    },
    [waiting],
  );
  const [leaver] = leavers;
  if (!leaver) throw new Error("Nothing was decided about Ada.");
  return leaver;
}

const DELETED = {
  kind: "delete",
  userId: ada.userId,
  name: "Person 1",
  due: { ...suspension, deleteFrom: "2026-01-15T00:00:00Z" },
};

/** Ada waits on, because nobody knows enough. */
function uncertain(why: string) {
  return noCall({ kind: "uncertain", because: expect.stringContaining(why) as unknown as string });
}
/** An apply looks her up once more, may delete her, and fails otherwise. */
const NOT_LOOKED_UP = noCall({ kind: "not_looked_up", failure: LOST });
const HIDDEN = uncertain("show nobody who waits here");

describe("somebody who waits", () => {
  test("is remembered with the decision", async () => {
    expect(await decide({})).toMatchObject({ id: ADA, label: "Ada", waiting: due });
  });

  test("waits on before the day", async () => {
    expect((await decide({ waiting: early })).fate).toEqual(WAITS);
  });

  test("is deleted when the day has come", async () => {
    expect((await decide({})).fate).toEqual(DELETED);
  });

  test("is named by the user name if GenAuth shows no name", async () => {
    const { fate } = await decide({ pool: [without(ada, "name")] });

    expect(fate).toEqual({ ...DELETED, name: ada.username });
  });

  test("is released if the id is retained", async () => {
    expect((await decide({ retains: [ADA] })).fate).toEqual(RELEASED.retained);
  });

  test("is released if another id of the user is retained", async () => {
    const { fate } = await decide({ pool: [renamed], retains: [renamed.email] });

    expect(fate).toEqual(RELEASED.retained);
  });

  test("is released if any id of the user is protected", async () => {
    const phone = idOf(ada, PHONE);

    const { fate } = await decide({ protects: { type: PHONE, id: phone } });

    expect(fate).toEqual(RELEASED.protected(`by phone ${phone}`));
  });

  test("is released if the id is protected, which the user has no more", async () => {
    const { fate } = await decide({ pool: [renamed], protects: { type: EMAIL, id: ADA } });

    expect(fate).toEqual(RELEASED.protected(`by email ${ADA}`));
  });

  test("is released if somebody has set the same status again", async () => {
    expect((await decide({ pool: [suspendedAgain] })).fate).toEqual(RELEASED.changed(suspendedAgain));
  });

  test("is released if the user has another id now", async () => {
    expect((await decide({ pool: [renamed] })).fate).toEqual(RELEASED.otherId(renamed));
  });

  test("waits on if GenAuth shows no status", async () => {
    expect((await decide({ pool: [withoutStatus] })).fate).toEqual(NO_STATUS);
  });

  test("waits on if the look-up fails before the day", async () => {
    expect((await decide({ waiting: early, failingType: USER_ID })).fate).toEqual(uncertain(LOST.message));
  });

  test("may be deleted if the look-up fails when the day has come", async () => {
    expect((await decide({ failingType: USER_ID })).fate).toEqual(NOT_LOOKED_UP);
  });

  test("may be deleted if an added id may be the user's, and its look-up failed", async () => {
    const { fate } = await decide({
      pool: [without(ada, "email")],
      declares: { "new@example.com": undefined },
      lookedUp: { "new@example.com": { kind: "undecided", failure: LOST } },
    });

    expect(fate).toEqual(NOT_LOOKED_UP);
  });
});

describe("somebody who waits, and whom no look-up shows", () => {
  const pool = [bob];

  test("is released if the id is retained", async () => {
    expect((await decide({ pool, retains: [ADA] })).fate).toEqual(RELEASED.retained);
  });

  test("waits on alone", async () => {
    const { fate, returns } = await decide({ pool });

    expect(fate).toEqual(HIDDEN);
    expect(returns).toBe(false);
  });

  test("waits on, and may return, if the id is declared again", async () => {
    const { fate, returns } = await decide({ pool, declares: { [ADA]: ada } });

    expect(fate).toEqual(HIDDEN);
    expect(returns).toBe(true);
  });

  test("is gone if the set declares somebody else under the id", async () => {
    expect((await decide({ pool, declares: { [ADA]: bob } })).fate).toEqual(RELEASED.gone);
  });

  test("is gone if the same look-up shows somebody else who waits", async () => {
    const bobWaits = { ...early, id: idOf(bob, EMAIL), userId: bob.userId };
    const context = contextOn(new ModelDirectory([ada]));

    const { leavers } = await decideWaiting({ ...nothingChanges(), context }, [early, bobWaits]);

    expect(leavers.map(({ fate }) => fate)).toEqual([WAITS, RELEASED.gone]);
  });

  test("is gone if GenAuth lists the user as deleted since the suspension", async () => {
    const directory = new ModelDirectory([ada]);
    directory.remove(ada.userId);
    const context = contextOn(directory, { archive: directory });

    const { leavers } = await decideWaiting({ ...nothingChanges(), context }, [early]);

    expect(leavers[0]?.fate).toEqual(RELEASED.gone);
  });

  test("is gone by GenAuth's list although others were suspended later, or at a time that nobody knows", async () => {
    const directory = new ModelDirectory([{ ...bob, status: "Archived" }]);
    directory.put(ada);
    directory.remove(ada.userId);
    const later = { ...early, userId: person(3).userId, statusChangedAt: "2026-01-05T09:00:00.000Z" };
    const timeless = { ...early, userId: bob.userId, statusChangedAt: undefined };
    const context = contextOn(directory, { archive: directory });

    const { leavers } = await decideWaiting({ ...nothingChanges(), context }, [early, later, timeless]);

    expect(leavers[0]?.fate).toEqual(RELEASED.gone);
  });

  test("waits on if the look-up fails, although the same look-up shows somebody else who waits", async () => {
    const directory = new ModelDirectory([ada, bob]);
    directory.fault = ({ ids }) => (ids.includes(bob.userId) ? { failure: REFUSED } : undefined);
    const bobWaits = { ...early, id: idOf(bob, EMAIL), userId: bob.userId };

    const { leavers } = await decideWaiting({ ...nothingChanges(), context: contextOn(directory) }, [
      early,
      bobWaits,
    ]);

    expect(leavers.map(({ fate }) => fate)).toEqual([WAITS, uncertain(REFUSED.message)]);
  });

  test("waits on if GenAuth's list does not hold the user", async () => {
    const directory = new ModelDirectory([ada]);
    directory.showsSuspended = false;
    const context = contextOn(directory, { archive: directory });

    const { leavers } = await decideWaiting({ ...nothingChanges(), context }, [early]);

    expect(leavers[0]?.fate).toEqual(uncertain("its list of archived users does not name these"));
  });

  test("waits on if GenAuth's list cannot be read", async () => {
    const directory = new ModelDirectory([ada]);
    directory.remove(ada.userId);
    directory.archivedSince = () => Promise.resolve({ ok: false, failure: LOST });
    const context = contextOn(directory, { archive: directory });

    const { leavers } = await decideWaiting({ ...nothingChanges(), context }, [early]);

    expect(leavers[0]?.fate).toEqual(HIDDEN);
  });
});

describe("somebody who waits and is declared again", () => {
  const declares = { [ADA]: ada };
  const REACTIVATED = { kind: "reactivate", user: ada };

  test("is reactivated", async () => {
    expect(await decide({ declares })).toMatchObject({ fate: REACTIVATED, returns: true });
  });

  test("is reactivated if a look-up of the id has found the user, too", async () => {
    expect((await decide({ declares, lookedUp: { [ADA]: found(ada) } })).fate).toEqual(REACTIVATED);
  });

  test("is not reactivated if this set may not have suspended the user", async () => {
    const { fate } = await decide({ declares, waiting: { ...due, isOurs: false } });

    expect(fate).toEqual(RELEASED.notOurs(ada));
  });

  test("is released if somebody has changed the status", async () => {
    expect((await decide({ declares, pool: [reactivated] })).fate).toEqual(RELEASED.changed(reactivated));
  });

  test("waits on if GenAuth shows no status", async () => {
    expect((await decide({ declares, pool: [withoutStatus] })).fate).toEqual(NO_STATUS);
  });

  test("waits on if the look-up fails", async () => {
    expect((await decide({ declares, failingType: USER_ID })).fate).toEqual(uncertain(LOST.message));
  });

  test("is released if the id means somebody else now", async () => {
    const { fate } = await decide({ declares: { [ADA]: bob }, pool: [renamed, bob] });

    expect(fate).toEqual(RELEASED.otherId(renamed));
  });

  test("is reactivated by the present id while the former one means somebody else", async () => {
    const both = { [ADA]: bob, [renamed.email]: undefined };

    const { fate } = await decide({ declares: both, pool: [renamed, bob] });

    expect(fate).toEqual({ kind: "reactivate", user: renamed });
  });

  test("is released if the operator protects the user", async () => {
    const username = idOf(ada, USERNAME);

    const { fate } = await decide({
      declares,
      protects: { type: USERNAME, id: username },
      protectedBy: "operator",
    });

    expect(fate).toEqual(RELEASED.protected(`by username ${username}`));
  });

  test("is reactivated as declared, although the configuration protects the id, too", async () => {
    const protects = { type: EMAIL, id: ADA };

    const { fate } = await decide({ declares, protects, protectedBy: "configuration" });

    expect(fate).toEqual({ ...REACTIVATED, protectedBy: undefined });
  });

  test("is released if the id means somebody else now, and GenAuth does not show the user's own", async () => {
    const nameless = without(ada, "email");

    const { fate } = await decide({ declares: { [ADA]: bob }, pool: [nameless, bob] });

    expect(fate).toEqual(RELEASED.otherId(nameless));
  });

  test("is reactivated for another set, which the protected ids of the configuration tell", async () => {
    const protects = { type: EMAIL, id: ADA };

    const { fate } = await decide({ protects, protectedBy: "configuration" });

    expect(fate).toEqual({ ...REACTIVATED, protectedBy: protects });
  });
});

/** The user as look-ups show one without some fields. */
function without(user: DirectoryUser, ...names: readonly (keyof DirectoryUser)[]): DirectoryUser {
  const shown = Object.entries(user).filter(([name]) => !names.some((each) => each === name));
  return Object.fromEntries(shown) as unknown as DirectoryUser;
}
