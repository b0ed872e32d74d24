import { describe, expect, test } from "@jest/globals";
import { ArgumentError, type FunctionDefinition } from "../../../src/plugin";
import { MARKDOWN } from "../../../src/plugin/protocol-messages";
import { session } from "./support/session";

describe("functions", () => {
  const parameter = { name: "word", type: "string", description: "A word." } as const;
  const join: FunctionDefinition = {
    summary: "Joins words",
    description: "Joins words in a list.",
    parameters: [parameter, { ...parameter, name: "other", allowNull: true }],
    variadic: parameter,
    returns: { list: "string" },
    call: (given) => {
      if (given.includes("")) throw new ArgumentError("A word is empty.\u001b[2J", given.indexOf(""));
      if (given.includes("bug")) throw new Error("bug");
      return given;
    },
  };
  const value = (word: string | null) => ({ json: Buffer.from(JSON.stringify(word)) });
  const callJoin = async (...words: (string | null)[]) => {
    const { call } = session({}, { functions: { join } });
    return await call("CallFunction", { name: "join", arguments: words.map(value) });
  };

  test("the provider announces them, with the types in Terraform's notation", async () => {
    const { call } = session({}, { functions: { join } });
    const type = Buffer.from('"string"');
    const descriptionKind = MARKDOWN;
    const functions = {
      join: {
        parameters: [
          { ...parameter, type, allowNullValue: false, descriptionKind },
          { ...parameter, name: "other", type, allowNullValue: true, descriptionKind },
        ],
        variadicParameter: { ...parameter, type, allowNullValue: false, descriptionKind },
        return: { type: Buffer.from('["list","string"]') },
        summary: "Joins words",
        description: "Joins words in a list.",
        descriptionKind,
      },
    };
    expect(await call("GetFunctions", {})).toEqual({ functions });
    expect(await call("GetProviderSchema", {})).toMatchObject({ functions });
    expect(await call("GetMetadata", {})).toMatchObject({ functions: [{ name: "join" }] });
  });

  test("they are called without a configuration, with null and further arguments", async () => {
    expect(await callJoin("a", null, "c")).toEqual({
      result: { msgpack: Buffer.from("93a161c0a163", "hex") },
    });
  });

  test.each([
    { words: ["a", ""], error: { text: "A word is empty.\\u{1b}[2J", functionArgument: 1 } },
    { words: ["", "a"], error: { text: expect.anything(), functionArgument: 0 } },
    { words: ["a", "bug"], error: { text: expect.stringContaining("This is a bug in the provider") } },
  ])("a failure is an error of the call: $words", async ({ words, error }) => {
    expect(await callJoin(...words)).toEqual({ error });
  });

  test.each(["other", "toString", ""])("an unknown function %j", async (name) => {
    const { call } = session({}, { functions: { join } });
    expect(await call("CallFunction", { name, arguments: [] })).toEqual({
      error: { text: `The test provider 1.0.0 has no function "${name}"` },
    });
  });

  test("an argument of another type", async () => {
    const { call } = session({}, { functions: { join } });
    const args = [{ json: Buffer.from("[1]") }];
    expect(await call("CallFunction", { name: "join", arguments: args })).toMatchObject({
      error: { text: expect.stringContaining("expected a string") },
    });
  });
});
