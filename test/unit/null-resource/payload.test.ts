import { expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  compress,
  declaredVariables,
  decompress,
  pieceNames,
  split,
  Variable,
} from "../../../src/payload/declaration";
import { readPayload } from "../../../src/null-resource/read-payload";
import { UserIdType } from "../../../src/users";

const declaration = {
  format: 1,
  set: "stack/staff",
  userIdType: UserIdType.EMAIL,
  users: [
    ["a@x", "Ada"],
    ["__proto__", ""],
  ],
  retainedIds: [],
  protectedUsers: { phone: ["1"] },
} as const;

function variables(triggers: object): Record<string, string> {
  const pieces = split(compress(JSON.stringify(triggers)));
  const prior = pieceNames(Variable.PRIOR).map((name, index) => [name, pieces[index]]);
  return {
    [Variable.COMMAND]: "./genauth/cdktf-genauth",
    [Variable.OBJECT]: "8402",
    ...declaredVariables(declaration),
    ...(Object.fromEntries(prior) as Record<string, string>),
  };
}

test("any text is restored from its pieces", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 5000 }), (text) => {
      expect(decompress(split(compress(text)).join(""))).toBe(text);
    }),
  );
});

test("the declared and the previous set arrive unchanged", () => {
  const {
    object,
    prior,
    declaration: read,
  } = readPayload(
    variables({ user_id_type: "email", "user:a@x": "Ada", "user:user_id_type": "x", "user:user:b": "" }),
  );
  expect(object).toBe("8402");
  expect(read).toEqual(declaration);
  expect(prior).toEqual({
    type: "email",
    users: new Map([
      ["a@x", "Ada"],
      ["user_id_type", "x"],
      ["user:b", ""],
    ]),
  });
});

const VALID = variables({ user_id_type: "email" });
const CUT = { ...VALID, [`${Variable.DECLARED}_0`]: "H4sIAAAA" };
const later = compress(JSON.stringify({ ...declaration, format: 2 }));

test.each<[string, Record<string, string>, RegExp]>([
  ["nothing", {}, /people do not/],
  ["only the declared set", declaredVariables(declaration), /PRIOR_0 is not set/],
  ["a text that was cut off", CUT, /Nobody was deleted: .*different versions/],
  [
    "a set without its object's id",
    { ...VALID, [Variable.OBJECT]: "" },
    /Nobody was deleted: GENAUTH_SET_OBJECT.*different versions/,
  ],
  ["triggers without an id type", variables({ "user:a": "" }), /Nobody was deleted/],
  [
    "triggers of something else",
    variables({ user_id_type: "email", other: "x" }),
    /"other" in the state is not a trigger/,
  ],
  [
    "a set of a later version",
    { ...VALID, [`${Variable.DECLARED}_0`]: later },
    /Nobody was deleted: .*different versions/,
  ],
])("%s is refused, because a part of a set must not be taken for the set", (_what, environment, message) => {
  expect(() => readPayload(environment)).toThrow(message);
});
