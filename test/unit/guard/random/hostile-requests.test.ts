import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { USER_ID_TYPES } from "../../../../src/users";
import { seededRuns } from "../../../support/seed";
import {
  DELETE,
  expectDone,
  type Guarded,
  lookUp,
  LOOK_UP,
  openGuard,
  SET_STATUS,
} from "../support/in-process";
import {
  ada,
  bob,
  carl,
  dora,
  erin,
  everybody,
  everybodyBut,
  type Person,
  pool,
  poolWith,
} from "../support/people";
import { planOf } from "../support/plans";

const PLAN = planOf({
  deleted: [ada.email],
  suspended: [bob.email],
  reactivated: [carl.id],
  declared: [dora.email],
});

/** Before the requests. Carl is reactivated by the plan, and Erin by nothing. */
const USERS = poolWith([carl, { status: "Suspended" }], [erin, { status: "Suspended" }]);

/** The states that the plan allows: as before, or as it makes them. */
const ALLOWED = new Map([
  ...everybody.map((person) => [person, new Set(["Activated"])] as const),
  [ada, new Set(["Activated", "deleted"])],
  [bob, new Set(["Activated", "Suspended"])],
  [carl, new Set(["Suspended", "Activated"])],
  [erin, new Set(["Suspended"])],
]);

const stateOf = (person: Person, { idsLeft, statusOf }: Guarded): string =>
  idsLeft().includes(person.id) ? statusOf(person) : "deleted";

/** Mostly the first, seldom another. */
const mostly = <T>(usual: fc.Arbitrary<T>, ...others: readonly fc.Arbitrary<T>[]) =>
  fc.oneof({ weight: 9, arbitrary: usual }, ...others);
const oneOf = (...values: readonly unknown[]) => fc.constantFrom(...values);

const otherIds = pool.flatMap(({ email = "", username = "", phone = "", externalId = "" }) => [
  ...[email.toUpperCase(), `${email} `, username, phone, externalId],
]);
const anything = oneOf(null, 0, -1, "", "x", [], {}, true, "\uD800", "__proto__", [null], ...otherIds);
const userId = mostly(oneOf(...everybody.map(({ id }) => id)), anything);
const id = fc.oneof(userId, mostly(oneOf(...everybody.map(({ email }) => email)), anything));
const type = mostly(oneOf("email", "user_id"), oneOf(...USER_ID_TYPES), anything);
const status = mostly(oneOf("Suspended", "Activated", "Archived"), anything);
/** A call about one user is most likely to be an approved one. */
const listOf = <T>(one: fc.Arbitrary<T>) =>
  mostly<unknown>(
    one.map((its) => [its]),
    fc.array(one, { maxLength: 4 }),
    anything,
  );

const deletionBody = fc.record({ userIds: listOf(id), options: fc.record({ userIdType: type }) });
const statusBody = fc.record({ list: listOf(fc.record({ userId, status })) });
const lookUpBody = fc.record({ userIds: listOf(id), userIdType: type, withIdentities: fc.constant(true) });
const unknownBody = fc.record({
  userIds: listOf(id),
  options: fc.record({ userIdType: type }),
  force: anything,
});
const anyBody: fc.Arbitrary<unknown> = fc.oneof(unknownBody, deletionBody, statusBody, lookUpBody, anything);
const otherPath = fc.constantFrom(
  ...["/api/v3/get-user", "/api/v3/create-user", `${DELETE}/`, `${DELETE}?x=1`, "/__proto__", "*"],
);
const to = (path: string, body: fc.Arbitrary<unknown>) =>
  fc.record({ path: fc.constant(path), body: mostly(body, anyBody) });
const call = fc.oneof(
  { weight: 5, arbitrary: to(DELETE, deletionBody) },
  { weight: 5, arbitrary: to(SET_STATUS, statusBody) },
  to(LOOK_UP, lookUpBody),
  fc.record({ path: otherPath, body: anyBody }),
);
const brokenOffAt = mostly<number | undefined>(fc.constant(undefined), fc.nat(40));
const request = fc
  .record({ call, brokenOffAt })
  .map(({ call: { path, body }, brokenOffAt: end }) => ({ path, text: JSON.stringify(body).slice(0, end) }));

test("whatever requests arrive at once, nobody is changed but as the plan says, and the guard goes on", async () => {
  const seen = new Map(everybody.map((person) => [person, new Set<string>()]));
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 10, maxLength: 60 }), async (requests) => {
      // So fast that no request waits for its turn.
      const environment = { GENAUTH_REQUESTS_PER_SECOND: "1000" };
      const guarded = await openGuard({ plans: [PLAN], environment }, { users: USERS });
      try {
        await Promise.all(requests.map(({ path, text }) => guarded.send(path, text)));
        for (const [person, states] of ALLOWED) {
          expect(states).toContain(stateOf(person, guarded));
          seen.get(person)?.add(stateOf(person, guarded));
        }

        expectDone(await guarded.send(LOOK_UP, lookUp([dora.email])));
        await guarded.deleteByEmail(ada);
        expect(guarded.idsLeft()).toEqual(everybodyBut(ada));
      } finally {
        await guarded.close();
      }
    }),
    seededRuns("FAULT_GUARD", 40),
  );
  // Some of the requests did what the plan says.
  expect(seen).toEqual(ALLOWED);
}, 300_000);
