import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, ProtectedUsers, type Resolution, UserIdType } from "../../../../src/users";
import { decideWaiting, NO_STATUS, RELEASED } from "../../../../src/users/change/waiting";
import { type Leaver, noCall } from "../../../../src/users/fate";
import { found } from "../../../../src/users/look-up/resolution";
import type { ProtectedMatch } from "../../../../src/users/reasons";
import type { WaitingUser } from "../../../../src/users/waiting-user";
import { LOST, REFUSED } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { emailOf, idOf, person, unlabelled } from "../../../support/users/people";
import { contextOn, unlimitedChange } from "../support/set-change";
import { SUSPENDED } from "../../../support/users/waiting";
import { ada, bob, due, early, nothingChanges, reactivated, WAITS } from "../support/waiting-ada";

const { EMAIL, PHONE, USER_ID, USERNAME } = UserIdType;

const ADA = emailOf(ada);

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
        declared: unlabelled(Object.keys(declares)),
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
  due: { ...SUSPENDED, deleteFrom: "2026-01-15T00:00:00Z" },
};

/** Ada waits on, because nobody knows enough. */
function uncertain(why: string) {
  return noCall({ kind: "uncertain", because: expect.stringContaining(why) as unknown as string });
}
/** An apply looks her up once more, may delete her, and fails otherwise. */
const NOT_LOOKED_UP = noCall({ kind: "not_looked_up", failure: LOST });
const HIDDEN = uncertain("show nobody who waits with this status");

/** What becomes of Ada in a situation. */
interface Case {
  readonly what: string;
  readonly situation: Situation;
  readonly fate: unknown;
}
const phone = idOf(ada, PHONE);
const failing = { failingType: USER_ID };
const username = idOf(ada, USERNAME);

describe("somebody who waits", () => {
  test("is remembered with the decision", async () => {
    expect(await decide({})).toMatchObject({ id: ADA, label: "Ada", waiting: due });
  });

  test.each<Case>([
    { what: "waits on before the day", situation: { waiting: early }, fate: WAITS },
    { what: "is deleted when the day has come", situation: {}, fate: DELETED },
    {
      what: "is named by the user name if GenAuth shows no name",
      situation: { pool: [without(ada, "name")] },
      fate: { ...DELETED, name: ada.username },
    },
    { what: "is released if the id is retained", situation: { retains: [ADA] }, fate: RELEASED.retained },
    {
      what: "is released if another id of the user is retained",
      situation: { pool: [renamed], retains: [renamed.email] },
      fate: RELEASED.retained,
    },
    {
      what: "is released if any id of the user is protected",
      situation: { protects: { type: PHONE, id: phone } },
      fate: RELEASED.protected(`by phone ${phone}`),
    },
    {
      what: "is released if the id is protected, which the user has no more",
      situation: { pool: [renamed], protects: { type: EMAIL, id: ADA } },
      fate: RELEASED.protected(`by email ${ADA}`),
    },
    {
      what: "is released if somebody has set the same status again",
      situation: { pool: [suspendedAgain] },
      fate: RELEASED.changed(suspendedAgain),
    },
    {
      what: "is released if the user has another id now",
      situation: { pool: [renamed] },
      fate: RELEASED.otherId(renamed),
    },
    { what: "waits on if GenAuth shows no status", situation: { pool: [withoutStatus] }, fate: NO_STATUS },
    {
      what: "waits on if the look-up fails before the day",
      situation: { waiting: early, ...failing },
      fate: uncertain(LOST.message),
    },
    {
      what: "may be deleted if the look-up fails when the day has come",
      situation: failing,
      fate: NOT_LOOKED_UP,
    },
    {
      what: "may be deleted if an added id may be the user's, and its look-up failed",
      situation: {
        pool: [without(ada, "email")],
        declares: { "new@example.com": undefined },
        lookedUp: { "new@example.com": { kind: "undecided", failure: LOST } },
      },
      fate: NOT_LOOKED_UP,
    },
    {
      what: "is reactivated for another set, which the protected ids of the configuration tell",
      situation: { protects: { type: EMAIL, id: ADA }, protectedBy: "configuration" },
      fate: { kind: "reactivate", user: ada, protectedBy: { type: EMAIL, id: ADA } },
    },
  ])("$what", async ({ situation, fate }) => {
    const decided = await decide(situation);
    expect(decided).toMatchObject({ id: ADA, label: "Ada", waiting: situation.waiting ?? due });
    expect(decided.fate).toEqual(fate);
  });
});

describe("somebody who waits, and whom no look-up shows", () => {
  const pool = [bob];
  const bobWaits = { ...early, id: emailOf(bob), userId: bob.userId };

  /** What becomes of Ada, and of others who wait, if GenAuth has a list of those who were deleted. */
  const fatesIn = async (directory: ModelDirectory, ...others: readonly WaitingUser[]) => {
    const context = contextOn(directory, { archive: directory });
    const { leavers } = await decideWaiting({ ...nothingChanges(), context }, [early, ...others]);
    return leavers.map(({ fate }) => fate);
  };
  const adaDeleted = (users: readonly DirectoryUser[] = []) => {
    const directory = new ModelDirectory(users);
    directory.put(ada);
    directory.remove(ada.userId);
    return directory;
  };

  test("is released if the id is retained", async () => {
    expect((await decide({ pool, retains: [ADA] })).fate).toEqual(RELEASED.retained);
  });

  test("waits on alone, and may return if the id is declared again", async () => {
    expect(await decide({ pool })).toMatchObject({ fate: HIDDEN, returns: false });
    expect(await decide({ pool, declares: { [ADA]: ada } })).toMatchObject({ fate: HIDDEN, returns: true });
  });

  test("is gone if the set declares somebody else under the id", async () => {
    expect((await decide({ pool, declares: { [ADA]: bob } })).fate).toEqual(RELEASED.gone);
  });

  test("is gone if the same look-up shows somebody else who waits", async () => {
    expect(await fatesIn(new ModelDirectory([ada]), bobWaits)).toEqual([WAITS, RELEASED.gone]);
  });

  test.each([{ status: "Resigned" }, { status: undefined }])(
    "waits on beside somebody else who waits, if that one's status is $status: GenAuth may hide suspended users only",
    async ({ status }) => {
      const hides = new ModelDirectory([{ ...bob, status, statusChangedAt: early.statusChangedAt }]);
      const [adas] = await fatesIn(hides, { ...bobWaits, status });
      expect(adas).toEqual(HIDDEN);
    },
  );

  test("is gone by GenAuth's list, although another one who is not shown began to wait at an unknown time", async () => {
    const timeless = { ...early, userId: bob.userId, statusChangedAt: undefined };
    expect(await fatesIn(adaDeleted(), timeless)).toEqual([RELEASED.gone, HIDDEN]);
  });

  test("is gone if GenAuth lists the user as deleted since the suspension", async () => {
    expect(await fatesIn(adaDeleted())).toEqual([RELEASED.gone]);
  });

  test("is gone by GenAuth's list although others were suspended later, or at a time that nobody knows", async () => {
    const later = { ...early, userId: person(3).userId, statusChangedAt: "2026-01-05T09:00:00.000Z" };
    const timeless = { ...early, userId: bob.userId, statusChangedAt: undefined };
    const [fate] = await fatesIn(adaDeleted([{ ...bob, status: "Archived" }]), later, timeless);
    expect(fate).toEqual(RELEASED.gone);
  });

  test("waits on if the look-up fails, although the same look-up shows somebody else who waits", async () => {
    const directory = new ModelDirectory([ada, bob]);
    directory.fault = ({ ids }) => (ids.includes(bob.userId) ? { failure: REFUSED } : undefined);
    expect(await fatesIn(directory, bobWaits)).toEqual([WAITS, uncertain(REFUSED.message)]);
  });

  test("waits on if GenAuth's list does not hold the user, or cannot be read", async () => {
    const hidden = Object.assign(new ModelDirectory([ada]), { showsSuspended: false });
    expect(await fatesIn(hidden)).toEqual([uncertain("no list of archived users names these")]);
    const archivedSince = () => Promise.resolve({ ok: false, failure: LOST });
    expect(await fatesIn(Object.assign(adaDeleted(), { archivedSince }))).toEqual([HIDDEN]);
  });
});

describe("somebody who waits and is declared again", () => {
  const declares = { [ADA]: ada };
  const REACTIVATED = { kind: "reactivate", user: ada };
  const nameless = without(ada, "email");

  test("is reactivated", async () => {
    expect(await decide({ declares })).toMatchObject({ fate: REACTIVATED, returns: true });
  });

  test.each<Case>([
    {
      what: "is reactivated by another spelling of the id",
      situation: { declares: { [ADA.toUpperCase()]: undefined } },
      fate: REACTIVATED,
    },
    {
      what: "is reactivated if a look-up of the id has found the user, too",
      situation: { declares, lookedUp: { [ADA]: found(ada) } },
      fate: REACTIVATED,
    },
    {
      what: "is not reactivated if this set may not have suspended the user",
      situation: { declares, waiting: { ...due, isOurs: false } },
      fate: RELEASED.notOurs(ada),
    },
    {
      what: "is released if somebody has changed the status",
      situation: { declares, pool: [reactivated] },
      fate: RELEASED.changed(reactivated),
    },
    {
      what: "waits on if GenAuth shows no status",
      situation: { declares, pool: [withoutStatus] },
      fate: NO_STATUS,
    },
    {
      what: "waits on if the look-up fails",
      situation: { declares, ...failing },
      fate: uncertain(LOST.message),
    },
    {
      what: "is released if the id means somebody else now",
      situation: { declares: { [ADA]: bob }, pool: [renamed, bob] },
      fate: RELEASED.otherId(renamed),
    },
    {
      what: "is released if the id means somebody else now, and GenAuth does not show the user's own",
      situation: { declares: { [ADA]: bob }, pool: [nameless, bob] },
      fate: RELEASED.otherId(nameless),
    },
    {
      what: "is reactivated by the present id while the former one means somebody else",
      situation: { declares: { [ADA]: bob, [renamed.email]: undefined }, pool: [renamed, bob] },
      fate: { kind: "reactivate", user: renamed },
    },
    {
      what: "is released if the operator protects the user",
      situation: { declares, protects: { type: USERNAME, id: username }, protectedBy: "operator" },
      fate: RELEASED.protected(`by username ${username}`),
    },
    {
      what: "is reactivated as declared, although the configuration protects the id, too",
      situation: { declares, protects: { type: EMAIL, id: ADA }, protectedBy: "configuration" },
      fate: { ...REACTIVATED, protectedBy: undefined },
    },
  ])("$what", async ({ situation, fate }) => {
    const decided = await decide(situation);
    expect(decided).toMatchObject({ id: ADA, label: "Ada", waiting: situation.waiting ?? due });
    expect(decided.fate).toEqual(fate);
  });
});

/** The user as look-ups show one without some fields. */
function without(user: DirectoryUser, ...names: readonly (keyof DirectoryUser)[]): DirectoryUser {
  const shown = Object.entries(user).filter(([name]) => !names.some((each) => each === name));
  return Object.fromEntries(shown) as unknown as DirectoryUser;
}
