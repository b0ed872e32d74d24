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

test.each<{ readonly what: string; readonly environment: Record<string, string>; readonly message: RegExp }>([
  { what: "nothing", environment: {}, message: /people do not/ },
  {
    what: "only the declared set",
    environment: declaredVariables(declaration),
    message: /PRIOR_0 is not set/,
  },
  { what: "a text that was cut off", environment: CUT, message: /Nobody was deleted: .*different versions/ },
  {
    what: "a set without its object's id",
    environment: { ...VALID, [Variable.OBJECT]: "" },
    message: /Nobody was deleted: GENAUTH_SET_OBJECT.*different versions/,
  },
  {
    what: "triggers without an id type",
    environment: variables({ "user:a": "" }),
    message: /Nobody was deleted/,
  },
  {
    what: "triggers of something else",
    environment: variables({ user_id_type: "email", other: "x" }),
    message: /"other" in the state is not a trigger/,
  },
  {
    what: "a set of a later version",
    environment: { ...VALID, [`${Variable.DECLARED}_0`]: later },
    message: /Nobody was deleted: .*different versions/,
  },
])("$what is refused, because a part of a set must not be taken for the set", ({ environment, message }) => {
  expect(() => readPayload(environment)).toThrow(message);
});
