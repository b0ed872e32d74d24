import { describe, expect, test } from "@jest/globals";
import { encode } from "@msgpack/msgpack";
import { ArgumentError, type FunctionDefinition } from "../../../src/plugin";
import { MARKDOWN } from "../../../src/plugin/protocol-messages";
import { decoded, session } from "./support/session";

const word = { type: "string", description: "A word." } as const;

/** A function of a first word, a second one that may be null, and further ones. */
const listWords: FunctionDefinition = {
  summary: "Lists words",
  description: "Lists words in their order.",
  parameters: [
    { ...word, name: "first" },
    { ...word, name: "second", allowNull: true },
  ],
  variadic: { ...word, name: "further" },
  returns: { list: "string" },
  call: (words) => words,
};

/** A provider with the function `list_words`, not configured. */
function provider(changes: Partial<FunctionDefinition> = {}) {
  return session({}, { functions: { list_words: { ...listWords, ...changes } } });
}

/** Calls the function as an engine does, which sends each argument as JSON or MessagePack. */
function callWith(words: readonly unknown[], changes: Partial<FunctionDefinition> = {}) {
  const args = words.map((value) => ({ msgpack: encode(value) }));
  return provider(changes).call("CallFunction", { name: "list_words", arguments: args });
}

test("the provider announces its functions, with types in Terraform's notation", async () => {
  const { call } = provider();
  const type = Buffer.from('"string"');
  const announced = { description: "A word.", descriptionKind: MARKDOWN, type };
  const functions = {
    list_words: {
      parameters: [
        { ...announced, name: "first", allowNullValue: false },
        { ...announced, name: "second", allowNullValue: true },
      ],
      variadicParameter: { ...announced, name: "further", allowNullValue: false },
      return: { type: Buffer.from('["list","string"]') },
      summary: "Lists words",
      description: "Lists words in their order.",
      descriptionKind: MARKDOWN,
    },
  };
  expect(await call("GetFunctions", {})).toEqual({ functions });
  expect(await call("GetProviderSchema", {})).toMatchObject({ functions });
  expect(await call("GetMetadata", {})).toMatchObject({ functions: [{ name: "list_words" }] });
});

test("a function can be called before the provider is configured, with null and further arguments", async () => {
  const { result } = await callWith(["ada", null, "chidi", "dana"]);
  expect(decoded(result)).toEqual(["ada", null, "chidi", "dana"]);
});

test("an argument can be sent as JSON, too", async () => {
  const args = ['"ada"', "null"].map((json) => ({ json: Buffer.from(json) }));
  const { result } = await provider().call("CallFunction", { name: "list_words", arguments: args });
  expect(decoded(result)).toEqual(["ada", null]);
});

describe("instead of a result, the engine gets an error", () => {
  const throwing = (thrown: Error): Partial<FunctionDefinition> => ({
    call: () => {
      throw thrown;
    },
  });

  test("with the argument that the function refuses, counted from 0, and without the last full stop", async () => {
    const refusing = throwing(new ArgumentError("The word is empty.", 1));
    expect(await callWith(["ada", ""], refusing)).toEqual({
      error: { text: "The word is empty", functionArgument: 1 },
    });
  });

  test("in which control characters are escaped, so that they do not act on a terminal", async () => {
    const refusing = throwing(new ArgumentError("Clears the screen: \u001b[2J"));
    expect(await callWith(["ada", "bo"], refusing)).toEqual({
      error: { text: "Clears the screen: \\u{1b}[2J" },
    });
  });

  test("that calls any other exception a bug in the provider", async () => {
    expect(await callWith(["ada", "bo"], throwing(new TypeError("words is undefined")))).toEqual({
      error: {
        text: "The provider failed unexpectedly. CallFunction: words is undefined\n\nThis is a bug in the provider. With TF_LOG_PROVIDER=DEBUG the log shows where it happened; please report it",
      },
    });
  });

  test.each([
    { what: "an unknown name", name: "list_word" },
    { what: "the name of a property that each object of JavaScript has", name: "toString" },
    { what: "no name", name: "" },
  ])("if it calls a function by $what", async ({ name }) => {
    expect(await provider().call("CallFunction", { name, arguments: [] })).toEqual({
      error: { text: `The test provider 1.0.0 has no function "${name}"` },
    });
  });

  test("if an argument has another type, before the function is called", async () => {
    const mustNotBeCalled = throwing(new Error("The function was called."));
    expect(await callWith([["ada"], "bo"], mustNotBeCalled)).toEqual({
      error: { text: "A value does not fit the schema. expected a string, got a list" },
    });
  });

  test("if there are more arguments than parameters", async () => {
    expect(await callWith(["ada", "bo", "chidi"], { variadic: undefined })).toEqual({
      error: { text: "There are too many arguments", functionArgument: 2 },
    });
  });
});
