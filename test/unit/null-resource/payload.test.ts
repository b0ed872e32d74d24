import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  compress,
  declaredVariables,
  decompress,
  LARGEST_TEXT,
  PIECE_LENGTH,
  pieceNames,
  split,
  Variable,
} from "../../../src/payload/declaration";
import { readPayload } from "../../../src/null-resource/read-payload";
import { UserIdType } from "../../../src/users";

test("any text is the same after it was compressed and split", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 5000 }), (text) => {
      expect(decompress(split(compress(text)).join(""))).toBe(text);
    }),
  );
});

test("the longest text that a stack may pass is split into pieces that fit into a variable, and lost nowhere", () => {
  const numbers = Array.from({ length: 200_000 }, (_, number) => number);
  const longest = numbers.join().slice(0, LARGEST_TEXT);
  expect(longest).toHaveLength(Math.floor(LARGEST_TEXT));
  const pieces = split(longest);
  expect(pieces.join("")).toBe(longest);
  expect(Math.max(...pieces.map(({ length }) => length))).toBe(PIECE_LENGTH);
});

/** A set whose one id is also the name of a property that each object has. */
const declaration = {
  format: 1,
  set: "stack/staff",
  userIdType: UserIdType.EMAIL,
  users: [
    ["ada@example.com", "Ada"],
    ["__proto__", ""],
  ],
  retainedIds: [],
  protectedUsers: { phone: ["+8613800000001"] },
} as const;

/** The triggers of the set before, as a `null_resource` has them: the type of the ids, and one for each user. */
const TRIGGERS = { user_id_type: "email", "user:ada@example.com": "Ada", "user:bob@example.com": "" };

/** The environment that apply gives to the command: the declared set, and these triggers of the set before. */
function variables(triggers: Readonly<Record<string, string>>): Record<string, string> {
  const pieces = split(compress(JSON.stringify(triggers)));
  return {
    [Variable.COMMAND]: "./genauth/cdktf-genauth",
    [Variable.OBJECT]: "8402663010459318521",
    ...declaredVariables(declaration),
    ...Object.fromEntries(pieceNames(Variable.PRIOR).map((name, index) => [name, pieces[index] ?? ""])),
  };
}

describe("the command reads", () => {
  test("the folder of the set, although a folder above it begins as the command's script", () => {
    const folder = "vendor/genauth/cdktf-genauth-teams/staff";
    const script = `${folder}/genauth/cdktf-genauth`;
    expect(readPayload({ ...variables(TRIGGERS), [Variable.COMMAND]: script }).folder).toBe(folder);
  });

  test("the declared set, the set before, and the id of its null_resource, as they were passed", () => {
    expect(readPayload(variables(TRIGGERS))).toEqual({
      object: "8402663010459318521",
      folder: ".",
      declaration,
      prior: {
        type: UserIdType.EMAIL,
        users: new Map([
          ["ada@example.com", "Ada"],
          ["bob@example.com", ""],
        ]),
      },
    });
  });

  test("ids of the set before that look like the names of triggers", () => {
    const triggers = { user_id_type: "username", "user:user_id_type": "Ada", "user:user:bob": "Bob" };
    expect(readPayload(variables(triggers)).prior).toEqual({
      type: UserIdType.USERNAME,
      users: new Map([
        ["user_id_type", "Ada"],
        ["user:bob", "Bob"],
      ]),
    });
  });
});

// A part of a set must never be taken for the set: those who are missing in it would be deleted.
describe("the command deletes nobody", () => {
  const notSet = (variable: string) =>
    `${variable} is not set. Terraform runs this command at apply, for a NullResourceUserSet; people do not run it.`;
  const unreadable = (variable: string) =>
    `Nobody was deleted: ${variable} cannot be read. The stack and the command beside it are from different versions of cdktf-genauth, or the set is too large. Synthesise the stack again, plan, and apply that plan.`;

  const whole = variables(TRIGGERS);
  const declaredAs = (compressed: string) => ({ ...whole, [`${Variable.DECLARED}_0`]: compressed });
  const compressed = compress(JSON.stringify(declaration));
  const ofLaterVersion = compress(JSON.stringify({ ...declaration, format: 2 }));
  const { user_id_type: _, ...withoutType } = TRIGGERS;

  test.each<{ readonly what: string; readonly environment: NodeJS.ProcessEnv; readonly says: string }>([
    { what: "somebody runs it by hand", environment: {}, says: notSet("GENAUTH_SET_DECLARED_0") },
    {
      what: "it gets the declared set alone",
      environment: declaredVariables(declaration),
      says: notSet("GENAUTH_SET_PRIOR_0"),
    },
    {
      what: "the declared set is cut off",
      environment: declaredAs(compressed.slice(0, -8)),
      says: unreadable("GENAUTH_SET_DECLARED"),
    },
    {
      what: "the declared set is of a later version",
      environment: declaredAs(ofLaterVersion),
      says: unreadable("GENAUTH_SET_DECLARED"),
    },
    {
      what: "the id of the null_resource is missing",
      environment: { ...whole, [Variable.OBJECT]: "" },
      says: unreadable("GENAUTH_SET_OBJECT"),
    },
    {
      what: "the triggers name no id type",
      environment: variables(withoutType),
      says: unreadable("GENAUTH_SET_PRIOR"),
    },
    {
      what: "a trigger is none of a user set",
      environment: variables({ ...TRIGGERS, always_run: "2026-12-01" }),
      says: 'Nobody was deleted: "always_run" in the state is not a trigger of a user set.',
    },
  ])("if $what", ({ environment, says }) => {
    expect(() => readPayload(environment)).toThrow(says);
  });
});
