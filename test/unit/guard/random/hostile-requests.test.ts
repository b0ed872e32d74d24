import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { USER_ID_TYPES } from "../../../../src/users";
import { seededRuns } from "../../../support/seed";
import { DELETE, LOOK_UP, openGuard, SET_STATUS } from "../support/in-process";
import { ada, bob, carl, dora, everybodyBut, pool, poolWith } from "../support/people";
import { planOf } from "../support/plans";

/** Random requests at the socket of a guard whose plan deletes Ada, suspends Bob, and reactivates Carl. */

const PLAN = planOf({
  deleted: [ada.email],
  suspended: [bob.email],
  reactivated: [carl.id],
  declared: [dora.email],
});

const ids = pool.flatMap(({ userId, email = "", username = "", phone = "", externalId = "" }) => [
  ...[userId, email, email.toUpperCase(), `${email} `, username, phone, externalId],
]);
const NO_IDS = [null, 0, -1, "", "x", [], {}, true, "\uD800", "__proto__", [null]];
const junk = fc.constantFrom<unknown>(...NO_IDS, ...ids);
const id = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom<unknown>(ada.email, ada.id, bob.id, carl.id) },
  { weight: 9, arbitrary: fc.constantFrom<unknown>(...ids) },
  junk,
);
const type = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom<unknown>("email", "user_id") },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...USER_ID_TYPES) },
  junk,
);
const status = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom<unknown>("Suspended", "Activated", "Archived") },
  junk,
);
const some = <T>(one: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: fc.array(one, { maxLength: 4 }) }, junk);

const deletionBody = fc.record({ userIds: some(id), options: fc.record({ userIdType: type }) });
const statusBody = fc.record({ list: some(fc.record({ userId: id, status })) });
const lookUpBody = fc.record({ userIds: some(id), userIdType: type, withIdentities: fc.constant(true) });
const strange = fc.oneof(
  fc.record({ userIds: some(id), options: fc.record({ userIdType: type }), force: junk }),
  ...[deletionBody, statusBody, lookUpBody, junk],
);
const to = (path: string, body: fc.Arbitrary<unknown>) =>
  fc.record({ path: fc.constant(path), body: fc.oneof({ weight: 9, arbitrary: body }, strange) });
const request = fc.tuple(
  fc.oneof(
    { weight: 5, arbitrary: to(DELETE, deletionBody) },
    { weight: 5, arbitrary: to(SET_STATUS, statusBody) },
    { weight: 3, arbitrary: to(LOOK_UP, lookUpBody) },
    ...["/api/v3/get-user", "/api/v3/create-user", `${DELETE}/`, `${DELETE}?x=1`, "/__proto__", "*"].map(
      (path) => to(path, strange),
    ),
  ),
  // Some bodies break off.
  fc.oneof({ weight: 9, arbitrary: fc.constant(Infinity) }, fc.nat(40)),
);

test("no request deletes, suspends or reactivates anybody else, in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 10, maxLength: 60 }), async (requests) => {
      const users = poolWith([carl, { status: "Suspended" }]);
      const guarded = await openGuard(
        { plans: [PLAN], environment: { GENAUTH_REQUESTS_PER_SECOND: "1000" } },
        { users },
      );
      try {
        await Promise.all(
          requests.map(([{ path, body }, cut]) => guarded.send(path, JSON.stringify(body).slice(0, cut))),
        );
        // Whatever they were, the guard goes on.
        await guarded.deleteByEmail(ada);
        expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
        const others = guarded.emulator.pool
          .list()
          .filter(({ userId }) => userId !== bob.id && userId !== carl.id);
        expect(others.filter(({ status = "Activated" }) => status !== "Activated")).toEqual([]);
      } finally {
        await guarded.close();
      }
    }),
    seededRuns("FAULT_GUARD", 40),
  );
}, 300_000);
