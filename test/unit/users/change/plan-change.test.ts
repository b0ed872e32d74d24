import { describe, expect, test } from "@jest/globals";
import { ProtectedUsers, UserIdType } from "../../../../src/users";
import type { ChangePlan } from "../../../../src/users/change/plan-change";
import { person } from "../../../support/users/people";
import {
  ada,
  ADA,
  approving,
  back,
  bob,
  BOB,
  boundTo,
  type Case,
  emailOf,
  eve,
  leaves,
  plan,
  unproven,
  usersOf,
  waits,
} from "../support/planned-change";

/** A call that may have suspended Ada. Nothing proves that it did. */
const tried = new Map([[ADA, { label: "Ada", userId: ada.userId }]]);
const triedJustNow = new Map([[ADA, { label: "Ada", userId: ada.userId, during: { from: 1, until: 2 } }]]);
const renamed = { ...ada, email: "new@example.com" };
const protects = (type: UserIdType, id: string) => ProtectedUsers.of(new Map([[type, [id]]]));
const returning = (mayReturn: boolean) => [{ id: ADA, userId: ada.userId, mayReturn }];

describe("somebody who waits", () => {
  test.each<[string, Case, Partial<ChangePlan>]>([
    ["and is not declared is none of those who return", {}, { returning: [], changesWaiting: false }],
    [
      "and is declared again is reactivated",
      { change: back },
      { returning: returning(true), changesWaiting: true },
    ],
    [
      "and is declared again, not suspended by the set, is not reactivated",
      { change: { ...back, waiting: [unproven] } },
      { returning: returning(false), changesWaiting: true },
    ],
    [
      "and whose status somebody has changed locks nobody out",
      { change: back, users: [{ ...ada, status: "Deactivated" }, bob] },
      { returning: returning(false), changesWaiting: true },
    ],
    [
      "and is declared again under another id is reactivated",
      {
        change: {
          declared: new Map([
            ["new@example.com", ""],
            [BOB, ""],
          ]),
        },
        users: [renamed, bob],
      },
      { returning: returning(true), changesWaiting: true },
    ],
    [
      "and is declared in another set is reactivated",
      { context: { protectedUsers: protects(UserIdType.USERNAME, "person1") } },
      { returning: returning(true), changesWaiting: true },
    ],
    [
      "is not reactivated where a failed look-up changes nothing",
      { change: back, fails: [ada] },
      { returning: returning(false), changesWaiting: false },
    ],
    [
      "may be reactivated where the look-up failed, and somebody leaves",
      { change: { ...back, prior: usersOf(bob, eve), bindings: boundTo(ada, bob, eve) }, fails: [ada] },
      { returning: returning(true), changesWaiting: true },
    ],
    [
      "is never reactivated, if not suspended by the set, where the look-up failed, and somebody leaves",
      {
        change: { ...back, prior: usersOf(bob, eve), bindings: boundTo(ada, bob, eve), waiting: [unproven] },
        fails: [ada],
      },
      { returning: returning(false), changesWaiting: true },
    ],
    [
      "is named if the look-up of another declared id failed that is bound to the user",
      {
        change: {
          prior: new Map([["new@example.com", ""]]),
          declared: new Map([["new@example.com", ""]]),
          bindings: new Map([["new@example.com", ada.userId]]),
        },
        fails: [ada],
      },
      { returning: returning(false), changesWaiting: false },
    ],
    [
      "and is no longer declared is not named by the binding of the id that leaves",
      {
        change: {
          ...leaves,
          prior: new Map([
            ["new@example.com", ""],
            [BOB, ""],
          ]),
          bindings: new Map([
            ["new@example.com", ada.userId],
            [BOB, bob.userId],
          ]),
        },
        fails: [ada],
      },
      { returning: [] },
    ],
    [
      "and was locked out at the last refresh is named",
      { change: { lastLockedOut: [ADA] }, fails: [ada] },
      { returning: returning(false) },
    ],
    [
      "and whom the approved plan reactivates is named",
      { given: approving({ reactivating: [ADA] }), fails: [ada] },
      { returning: returning(false) },
    ],
    [
      "and whom the approved plan does not reactivate is named",
      { given: approving({ staying: [ADA] }), fails: [ada] },
      { returning: returning(false) },
    ],
    [
      "and leaves once more is planned as one who leaves",
      { change: { prior: usersOf(ada, bob), bindings: boundTo(ada, bob), lastLockedOut: [ADA] } },
      { returning: [], changesWaiting: true, waiting: [] },
    ],
    [
      "may come back while not all protected users are known",
      { context: { protectedUsersKnown: false } },
      { returning: undefined, changesWaiting: true },
    ],
    ["may come back while the pool is not known", { context: { pool: undefined } }, { changesWaiting: true }],
    [
      "is the only one who may",
      { change: { waiting: [] }, context: { protectedUsersKnown: false } },
      { changesWaiting: false, returning: [] },
    ],
    [
      "may be reactivated where the look-up failed, and the set changes otherwise",
      { change: back, fails: [ada], given: { isChanged: true } },
      { returning: returning(true), changesWaiting: true },
    ],
    [
      "may be reactivated where the look-up failed, and nothing was refreshed",
      { change: back, fails: [ada], given: { isRefreshed: false } },
      { returning: returning(true), changesWaiting: true },
    ],
    [
      "may turn out to be released where the look-up failed, and the set changes otherwise",
      { fails: [ada], given: { isChanged: true } },
      { returning: [], changesWaiting: true },
    ],
    [
      "is not open in the plan of an apply, whose look-up failed, because it was not in its approved plan",
      { fails: [ada], given: { isChanged: true, stage: "apply" } },
      { returning: [], changesWaiting: false },
    ],
    [
      "comes back beside one of whom nothing is remembered",
      { change: { ...back, lost: ["lost@example.com"] } },
      { returning: returning(true), changesWaiting: true },
    ],
    [
      "is deleted when the day has come",
      { change: { waiting: [{ ...waits, isDue: true }] } },
      { changesWaiting: true, revoking: new Set([ADA]), returning: [] },
    ],
  ])("%s", async (_, given, expected) => {
    expect(await plan(given)).toMatchObject(expected);
  });
});

describe("a declared user whom an earlier call may have suspended", () => {
  const declared = { ...back, prior: usersOf(ada, bob), waiting: [], attempts: tried };

  test.each<[string, Case, Partial<ChangePlan>]>([
    [
      "is left alone while that is not certain",
      { change: declared },
      { returning: [], changesWaiting: false },
    ],
    [
      "is named if the approved plan does",
      { change: declared, given: approving({ staying: [ADA] }) },
      { returning: returning(false) },
    ],
    [
      "is named in the plan, and left alone, where look-ups fail",
      { change: declared, fails: [ada] },
      { returning: returning(false), changesWaiting: false },
    ],
    [
      "may turn out to be suspended in the change that declares the user again",
      { change: { ...declared, undeclared: new Set([ADA]) }, fails: [ada] },
      { returning: returning(true), changesWaiting: true },
    ],
    [
      "is not so if another id comes back",
      { change: { ...declared, undeclared: new Set([BOB]) }, fails: [ada] },
      { changesWaiting: false },
    ],
    [
      "may turn out to be suspended, although look-ups, which may be late, show the user as active",
      {
        change: { ...declared, undeclared: new Set([ADA]), attempts: triedJustNow },
        users: [person(1), bob],
      },
      { returning: returning(true), changesWaiting: true },
    ],
    [
      "is not reactivated while that is not certain, also where the plan names the user and somebody leaves",
      {
        change: { ...declared, prior: usersOf(ada, bob, eve), bindings: boundTo(ada, bob, eve) },
        given: approving({ staying: [ADA], revoking: [emailOf(eve)] }),
      },
      { returning: returning(false), changesWaiting: true },
    ],
    [
      "may turn out to be suspended, told before, where the set changes otherwise",
      {
        change: { ...declared, attempts: triedJustNow },
        users: [person(1), bob],
        given: { isChanged: true },
      },
      { returning: returning(true), changesWaiting: true },
    ],
    [
      "is certainly not suspended",
      { change: declared, users: [person(1), bob] },
      { returning: returning(false), changesWaiting: false },
    ],
  ])("%s", async (_, given, expected) => {
    expect(await plan(given)).toMatchObject(expected);
  });
});

describe("those who leave", () => {
  test.each<[string, Case, Partial<ChangePlan>]>([
    [
      "are suspended",
      { change: leaves },
      { revoking: new Set([emailOf(eve)]), changesWaiting: true, unreviewed: [] },
    ],
    [
      "are deleted at once, which changes nobody who waits",
      { change: { ...leaves, suspendDays: 0 } },
      { revoking: new Set([emailOf(eve)]), changesWaiting: false },
    ],
    [
      "are kept",
      { change: { ...leaves, retained: [emailOf(eve)] } },
      { revoking: new Set(), changesWaiting: false },
    ],
    [
      "without ever having been seen are not reviewed",
      { change: { ...leaves, bindings: boundTo(bob) } },
      { revoking: new Set(), unreviewed: [emailOf(eve)], changesWaiting: false },
    ],
  ])("%s", async (_, { change, ...others }, expected) => {
    expect(await plan({ change: { waiting: [], ...change }, ...others })).toMatchObject(expected);
  });
});
