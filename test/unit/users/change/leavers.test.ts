import { describe, expect, test } from "@jest/globals";
import { ProtectedUsers, type Resolution, UserIdType } from "../../../../src/users";
import { boundIdsToLookUp, decideLeavers, type LeaversRequest } from "../../../../src/users/change/leavers";
import { found } from "../../../../src/users/look-up/resolution";
import { OUTAGE } from "../../../support/users/failures";
import { person } from "../../../support/users/people";
import { noCall } from "../../../../src/users/change/fate";
import { kindOf } from "../support/endings";

const { EMAIL, EXTERNAL_ID, IDENTITY, PHONE, SYNC_RELATION, USER_ID, USERNAME } = UserIdType;
const ann = person(1);
const bob = person(2);
const annId = "person1@example.com";
const absent: Resolution = { kind: "absent" };
const undecided: Resolution = { kind: "undecided", failure: OUTAGE };
const protectedBy = (type: UserIdType, id: string) => ProtectedUsers.of(new Map([[type, [id]]]));

/** Only the ids of those who are added, each declared with a label. */
interface Request extends Omit<LeaversRequest, "added" | "bindings" | "suspendDays"> {
  readonly added: Iterable<string>;
  /** Default: nothing remembers them. */
  readonly bindings?: LeaversRequest["bindings"];
  /** Default 0. */
  readonly suspendDays?: number;
}

function decide({ added, bindings, suspendDays = 0, ...request }: Request) {
  const labels = new Map([...added].map((id) => [id, request.declared.get(id) ?? ""]));
  return decideLeavers({ ...request, bindings, suspendDays, added: labels });
}

/**
 * The fate after the removal of Ann's e-mail, with changes. By default, a found user is bound, and an absent user is not.
 */
function fateOf(changes: Partial<Request> & { readonly resolution?: Resolution }) {
  const { resolution = found(ann), ...rest } = changes;
  const removed = rest.removed ?? new Map([[annId, "Ann"]]);
  const [id = ""] = removed.keys();
  const seen = resolution.kind === "found" ? [[id, ann.userId] as const] : [];
  const bindings = new Map([...seen, ...(rest.bindings ?? [])]);
  const [leaver] = decide({
    type: EMAIL,
    declared: new Map(),
    added: [],
    retained: [],
    protectedUsers: ProtectedUsers.of(new Map()),
    ...rest,
    bindings: rest.bindings || seen.length > 0 ? bindings : undefined,
    removed,
    resolutions: new Map([[id, resolution], ...(rest.resolutions ?? [])]),
  });
  return leaver?.fate;
}

describe("deleted", () => {
  test.each<[string, Parameters<typeof fateOf>[0]]>([
    ["a user that the id names", {}],
    ["a user that the id is bound to", { bindings: new Map([[annId, ann.userId]]) }],
    ["though others are declared", { declared: new Map([["person2@example.com", "Bob"]]) }],
    [
      "although another user with the same label is already declared",
      { declared: new Map([["new@x", "Ann"]]) },
    ],
    ["although a user of the pool with the same label is added", { declared: new Map([["person2@example.com", "Ann"]]), added: ["person2@example.com"], resolutions: new Map([["person2@example.com", found(bob)]]) }], // oxfmt-ignore
    ["although a user without a label is added", { removed: new Map([[annId, " "]]), declared: new Map([["new@x", " "]]), added: ["new@x"], resolutions: new Map([["new@x", absent]]) }], // oxfmt-ignore
    ["although an added id that certainly names another user could not be looked up", { declared: new Map([["new@x", "Eve"]]), added: ["new@x"], resolutions: new Map([["new@x", undecided]]) }], // oxfmt-ignore
    ["though others are protected", { protectedUsers: protectedBy(EMAIL, "person2@example.com") }],
    ["though others are retained", { retained: ["person2@example.com"] }],
  ])("%s", (_, request) => {
    expect(fateOf(request)).toEqual({ kind: "delete", userId: ann.userId, name: ann.name });
  });
});

describe("gone", () => {
  test.each<[string, Parameters<typeof fateOf>[0]]>([
    ["an id without a user", { resolution: absent }],
    ["an id without a user whose former user is absent too", { resolution: absent, bindings: new Map([[annId, ann.userId]]), boundUsers: new Map([[ann.userId, absent]]) }], // oxfmt-ignore
    ["an absent system id", { type: USER_ID, removed: new Map([[ann.userId, ""]]), resolution: absent }],
  ])("%s", (_, request) => {
    expect(fateOf(request)).toEqual(noCall({ kind: "gone" }));
  });
});

describe("only a binding permits a deletion", () => {
  const others = new Map([["person2@example.com", bob.userId]]);
  const request = {
    type: EMAIL,
    removed: new Map([[annId, "Ann"]]),
    declared: new Map(),
    added: [],
    retained: [],
    protectedUsers: ProtectedUsers.of(new Map()),
    resolutions: new Map([[annId, found(ann)]]),
  };
  const fate = (changes: Partial<Request>) => decide({ ...request, ...changes })[0]?.fate;

  test.each([new Map<string, string>(), others])("an id that was never seen deletes nobody", (bindings) => {
    expect(fate({ bindings })).toEqual(noCall({ kind: "never_seen" }));
  });

  test("an id that was never seen and names nobody was never found", () => {
    const resolutions = new Map([[annId, absent]]);
    expect(fate({ bindings: others, resolutions })).toEqual(noCall({ kind: "never_found" }));
    expect(fate({ resolutions })).toEqual(noCall({ kind: "gone" }));
  });

  test("a system user id is its own binding, and was never found if no look-up found it", () => {
    const removed = new Map([[ann.userId, ""]]);
    const system = { type: USER_ID, removed, bindings: new Map<string, string>() };
    expect(fate({ ...system, resolutions: new Map([[ann.userId, found(ann)]]) })?.kind).toBe("delete");
    expect(fate({ ...system, resolutions: new Map([[ann.userId, absent]]) })).toMatchObject({
      reason: { kind: "never_found" },
    });
  });

  test("the null resource, which has no bindings, deletes the current user of the id", () => {
    expect(fate({})?.kind).toBe("delete");
  });

  describe("an added id that is not in GenAuth looks like a rename of everybody with its label who leaves", () => {
    const annsId = ann.email ?? "";
    const bobsId = bob.email ?? "";
    /** They leave with the label `Staff`, and others with the same label are declared. */
    const whoLeaves = (removed: readonly string[], declared: readonly string[], added: readonly string[]) =>
      decide({
        ...request,
        removed: new Map(removed.map((id) => [id, "Staff "])),
        declared: new Map(declared.map((id) => [id, " Staff"])),
        added,
        bindings: new Map([
          [annsId, ann.userId],
          [bobsId, bob.userId],
        ]),
        resolutions: new Map<string, Resolution>([
          [annsId, found(ann)],
          [bobsId, found(bob)],
          ["new@x", absent],
        ]),
      }).map(({ fate: its }) => its);
    const renamed = noCall({ kind: "renamed", to: "new@x" });

    test("one leaves", () => {
      expect(whoLeaves([annsId], ["new@x"], ["new@x"])).toEqual([renamed]);
    });

    test("two leave, and nobody can tell which of them it is", () => {
      expect(whoLeaves([annsId, bobsId], ["new@x"], ["new@x"])).toEqual([renamed, renamed]);
    });

    test("others who stay have the label, too", () => {
      expect(whoLeaves([annsId], ["new@x", "stays@x"], ["new@x"])).toEqual([renamed]);
    });

    test("but not if it was added by an earlier change", () => {
      expect(whoLeaves([annsId], ["new@x"], [])).toMatchObject([{ kind: "delete" }]);
    });
  });

  test("a deletion that the plan did not show is not carried out", () => {
    const bindings = new Map([[annId, ann.userId]]);
    const allowing = (whom: string, what: string) => ({
      approved: { allows: (id: string, kind: string) => id === whom && kind === what, changesWaiting: true },
    });
    const not = noCall({ kind: "not_planned" });
    expect(fate({ bindings, ...allowing("other", "delete") })).toEqual(not);
    expect(fate({ bindings, ...allowing(annId, "suspend") })).toEqual(not);
    expect(fate({ bindings, ...allowing(annId, "delete") })?.kind).toBe("delete");
    expect(fate({ bindings, ...allowing(annId, "suspend"), suspendDays: 1 })?.kind).toBe("suspend");
    const retained = fate({ bindings, ...allowing("other", "delete"), retained: [annId] });
    expect(retained).toEqual(noCall({ kind: "retained" }));
  });
});

test.each([
  ["Activated", undefined],
  [undefined, undefined],
  ["Suspended", true],
  ["Archived", true],
])("a suspension of somebody of the status %s leaves it: %s", (status, isInactive) => {
  const left = fateOf({ resolution: found({ ...ann, status }), suspendDays: 1 });
  expect(left).toEqual({ kind: "suspend", userId: ann.userId, name: ann.name, isInactive });
  expect(fateOf({ resolution: found({ ...ann, status }) })).not.toHaveProperty("isInactive");
});

describe("undecided", () => {
  const added = ["new@x"];
  test.each<[string, Parameters<typeof fateOf>[0]]>([
    ["an id that could not be looked up", { resolution: undecided }],
    ["an absent id whose former user could not be looked up", { resolution: absent, bindings: new Map([[annId, ann.userId]]), boundUsers: new Map([[ann.userId, undecided]]) }], // oxfmt-ignore
    ["a likely rename whose new id could not be looked up", { declared: new Map([["new@x", "Ann"]]), added, resolutions: new Map([["new@x", undecided]]) }], // oxfmt-ignore
    ["a user without a field of the type, together with an added id that could not be looked up", { resolution: found(person(1, { email: undefined })), declared: new Map([["new@x", "Eve"]]), added, resolutions: new Map([["new@x", undecided]]) }], // oxfmt-ignore
    ["a user name, together with one that differs by case and could not be looked up", { type: USERNAME, removed: new Map([["person1", "Ann"]]), declared: new Map([["Person1", "x"]]), added: ["Person1"], resolutions: new Map([["Person1", undecided]]) }], // oxfmt-ignore
  ])("%s", (_, request) => {
    expect(fateOf(request)).toEqual(noCall({ kind: "not_looked_up", failure: OUTAGE }));
  });

  test("an id that was not looked up, and a former user who was not looked up", () => {
    const bindings = new Map([[annId, ann.userId]]);
    expect(fateOf({ resolution: absent, bindings })).toMatchObject({ reason: { kind: "not_looked_up" } });
    const [leaver] = decide({
      type: EMAIL,
      removed: new Map([[annId, ""]]),
      declared: new Map(),
      added: [],
      retained: [],
      protectedUsers: ProtectedUsers.of(new Map()),
      bindings: new Map(),
      resolutions: new Map(),
    });
    expect(leaver?.fate).toMatchObject({ reason: { kind: "not_looked_up" } });
  });
});

describe("keep", () => {
  const retained = { kind: "retained" };
  test.each<[string, Parameters<typeof fateOf>[0], object]>([
    ["retained", { retained: [annId] }, retained],
    [
      "retained, even if it is not known whom the id names",
      { retained: [annId], resolution: undecided },
      retained,
    ],
    ["retained in another spelling", { retained: ["PERSON1@example.com"] }, retained],
    ["retained by another phone spelling", { type: PHONE, removed: new Map([["+8613800000001", ""]]), retained: ["13800000001"] }, retained], // oxfmt-ignore
    ...(
      [
        [USER_ID, ann.userId],
        [EMAIL, "Person1@Example.com"],
        [PHONE, "+86 138 0000 0001"],
        [PHONE, "13800000001"],
        [USERNAME, "person1"],
        [EXTERNAL_ID, "E-1"],
        [IDENTITY, "62f20932716fbcc10d966ee5:ou_1"],
        [SYNC_RELATION, "lark:ou_1"],
      ] as const
    ).map(([type, id]): [string, Parameters<typeof fateOf>[0], object] => [
      `protected by ${type} ${id}`,
      { protectedUsers: protectedBy(type, id) },
      { kind: "protected", type, id },
    ]),
    ["protected by a phone with its country code, which the pool does not return", { resolution: found(person(1, { phoneCountryCode: undefined })), protectedUsers: protectedBy(PHONE, "+8613800000001") }, { kind: "protected", type: PHONE, id: "+8613800000001" }], // oxfmt-ignore
    ["protected, even if it is not known whom the id names", { resolution: undecided, protectedUsers: protectedBy(EMAIL, "PERSON1@example.com") }, { kind: "protected", type: EMAIL, id: "PERSON1@example.com" }], // oxfmt-ignore
    ["declared in another case", { declared: new Map([["Person1@Example.com", ""]]) }, { kind: "declared_as", id: "Person1@Example.com" }], // oxfmt-ignore
    ["declared by an added id that names the same user", { declared: new Map([["alias@x", ""]]), added: ["alias@x"], resolutions: new Map([["alias@x", found(ann)]]) }, { kind: "declared_as", id: "alias@x" }], // oxfmt-ignore
    ["declared by an added id that may name the same user", { declared: new Map([["alias@x", ""]]), added: ["alias@x"], resolutions: new Map([["alias@x", { kind: "several", users: [bob, ann] }]]) }, { kind: "declared_as", id: "alias@x" }], // oxfmt-ignore
    ["declared by an id that stays and is bound to the same user", { declared: new Map([["alias@x", ""]]), bindings: new Map([["alias@x", ann.userId]]) }, { kind: "declared_as", id: "alias@x" }], // oxfmt-ignore
    ["declared by a phone without its country code", { type: PHONE, removed: new Map([["+8613800000001", ""]]), declared: new Map([["13800000001", ""]]) }, { kind: "declared_as", id: "13800000001" }], // oxfmt-ignore
    ["declared by a second identity", { type: IDENTITY, removed: new Map([["a:1", ""]]), resolution: found(person(1, { identities: [{ extIdpId: "a", userIdInIdp: "1" }, { extIdpId: "b", userIdInIdp: "2" }] })), declared: new Map([["b:2", ""]]) }, { kind: "declared_as", id: "b:2" }], // oxfmt-ignore
    ["declared, although the id was changed in the pool", { resolution: absent, bindings: new Map([[annId, ann.userId], ["new@x", ann.userId]]), declared: new Map([["new@x", ""]]), boundUsers: new Map([[ann.userId, found(ann)]]) }, { kind: "declared_as", id: "new@x" }], // oxfmt-ignore
    ["bound to another user", { resolution: found(bob), bindings: new Map([[annId, ann.userId]]) }, { kind: "rebound", boundTo: ann.userId, user: bob }], // oxfmt-ignore
    ["a system user id that returns another user", { type: USER_ID, removed: new Map([[ann.userId, ""]]), resolution: found(bob) }, { kind: "rebound", boundTo: ann.userId, user: bob }], // oxfmt-ignore
    [
      "several users",
      { resolution: { kind: "several", users: [ann, bob] } },
      { kind: "several", users: [ann, bob] },
    ],
    ["a likely rename", { declared: new Map([["new@x", " Ann"]]), added: ["new@x"], resolutions: new Map([["new@x", absent]]) }, { kind: "renamed", to: "new@x" }], // oxfmt-ignore
    ["moved", { resolution: absent, bindings: new Map([[annId, ann.userId]]), boundUsers: new Map([[ann.userId, found(ann)]]) }, { kind: "moved", user: ann }], // oxfmt-ignore
    ["moved and protected", { resolution: absent, bindings: new Map([[annId, ann.userId]]), boundUsers: new Map([[ann.userId, found(ann)]]), protectedUsers: protectedBy(USERNAME, "person1") }, { kind: "protected", type: USERNAME, id: "person1" }], // oxfmt-ignore
  ])("%s", (_, request, reason) => {
    expect(fateOf(request)).toEqual({ kind: "no_call", reason });
  });

  test("a declared phone that is bound to another user is not an alias", () => {
    const codeless = person(1, { phoneCountryCode: undefined });
    const request = {
      type: PHONE,
      removed: new Map([["13800000001", ""]]),
      declared: new Map([["+113800000001", ""]]),
      resolution: found(codeless),
    };
    expect(fateOf(request)).toMatchObject({ reason: { kind: "declared_as" } });
    expect(fateOf({ ...request, bindings: new Map([["+113800000001", bob.userId]]) })?.kind).toBe("delete");
  });
});

test("removals keep their order and their labels", () => {
  const removed = new Map([["c", "C"], ["a", ""], ["b", "B"]]); // oxfmt-ignore
  const leavers = decide({
    type: USERNAME,
    removed,
    declared: new Map(),
    added: [],
    retained: ["c"],
    protectedUsers: ProtectedUsers.of(new Map()),
    resolutions: new Map([["a", absent]]),
  });
  expect(leavers.map((leaver) => [leaver.id, leaver.label, kindOf(leaver)])).toEqual([
    ["c", "C", "retained"],
    ["a", "", "gone"],
    ["b", "B", "not_looked_up"],
  ]);
});

test("only the bound users of absent ids are looked up again, once each, and none for system user ids", () => {
  const bindings = new Map([["a", "1"], ["b", "2"], ["c", "3"], ["d", "1"]]); // oxfmt-ignore
  const resolutions = new Map<string, Resolution>([["a", absent], ["b", found(bob)], ["c", undecided], ["d", absent], ["e", absent]]); // oxfmt-ignore
  expect(boundIdsToLookUp(["a", "b", "c", "d", "e"], EMAIL, bindings, resolutions)).toEqual(["1"]);
  expect(boundIdsToLookUp(["a"], USER_ID, bindings, resolutions)).toEqual([]);
});

test("10,000 removals during an outage are decided in linear time", () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => `user${index}`);
  const removed = new Map(ids.map((id) => [`old-${id}`, ""]));
  const declared = new Map(ids.map((id) => [id, ""]));
  let steps = 0;
  class CountedMap extends Map<string, Resolution> {
    override get(id: string): Resolution | undefined {
      steps += 1;
      return super.get(id);
    }
  }
  const resolutions = new CountedMap(ids.map((id) => [id, undecided]));
  for (const id of removed.keys()) resolutions.set(id, found({ userId: id, username: id, identities: [] }));
  const leavers = decide({
    type: USERNAME,
    removed,
    declared,
    added: declared.keys(),
    retained: ids,
    protectedUsers: ProtectedUsers.of(new Map([[PHONE, ids]])),
    resolutions,
  });
  expect(leavers.map(({ fate }) => fate.kind)).toEqual([...removed.keys()].map(() => "delete"));
  expect(steps).toBeLessThan(10 * ids.length);
});
