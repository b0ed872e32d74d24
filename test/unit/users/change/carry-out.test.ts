import { describe, expect, test } from "@jest/globals";
import { ProtectedUsers, UserIdType } from "../../../../src/users";
import { type Leaver } from "../../../../src/users/change/fate";
import { carryOut } from "../../../../src/users/change/carry-out";
import { SILENT_RECORD } from "../support/deletion";
import { ModelDirectory } from "../../../support/users/model-directory";
import { idOf, person } from "../../../support/users/people";
import { contextOn, unlimitedChange } from "../support/set-change";

const ada = person(1);
const id = idOf(ada, UserIdType.EMAIL);
const waiting = { id, label: "", userId: ada.userId, isOurs: true, deleteFrom: "2026-01-15T00:00:00Z" };

/** Deletes Ada, who is protected by her phone when the deletion record reads her. */
async function keepLate(leaver: Pick<Leaver, "fate">, list: "leaving" | "waiting") {
  const directory = new ModelDirectory([ada]);
  const phone = idOf(ada, UserIdType.PHONE);
  const context = contextOn(directory, {
    protectedUsers: ProtectedUsers.of(new Map([[UserIdType.PHONE, [phone]]])),
  });
  const change = unlimitedChange({ type: UserIdType.EMAIL, prior: new Map(), declared: new Map() });
  const decision = { leaving: [], waiting: [], resolutions: new Map(), refusals: [], isRightPool: true };
  const people = [{ id, label: "", waiting: { ...waiting, isDue: list === "waiting" }, ...leaver }];
  const endings = await carryOut(change, { ...decision, [list]: people }, context, {
    directory,
    maxAttempts: 1,
    confirmWithinMs: 0,
    sleep: () => Promise.resolve(),
    record: {
      ...SILENT_RECORD,
      keep: () => Promise.resolve({ ok: true, value: new Map([[ada.userId, ada]]) }),
    },
  });
  expect(directory.deleted).toEqual([]);
  return endings[list].map(({ fate, ending }) => ({ fate, ending }));
}

describe("somebody who waits, and is protected right before the call that deletes", () => {
  const deletion = { kind: "delete", userId: ada.userId } as const;
  const reason = { kind: "protected", type: UserIdType.PHONE, id: idOf(ada, UserIdType.PHONE) };

  test("is released if the day has come", async () => {
    const fate = { ...deletion, expectedStatus: { status: ada.status ?? "" } };
    expect(await keepLate({ fate }, "waiting")).toEqual([
      { fate: { kind: "release", reason }, ending: { kind: "unchanged" } },
    ]);
  });

  test("is kept if the id leaves the set once more with this change", async () => {
    expect(await keepLate({ fate: deletion }, "leaving")).toEqual([
      { fate: { kind: "keep", reason }, ending: { kind: "unchanged" } },
    ]);
  });
});
