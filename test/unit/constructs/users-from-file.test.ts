import { beforeAll, describe, expect, test } from "@jest/globals";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../support/at-end";
import { type UserFileOptions, Users } from "../../../src";

let folder: string;
let files = 0;

beforeAll(() => void (folder = newFolder()));

function load(ending: string, content: string | Buffer, options?: UserFileOptions): Record<string, string> {
  const file = join(folder, `${files++}${ending}`);
  writeFileSync(file, content);
  return Users.fromFile(file, options).toMap();
}

describe("Users.fromFile reads", () => {
  const both = { "a@x": "Ada", "b@x": "" };

  test.each<[string, string, string, UserFileOptions, Record<string, string>]>([
    ["a plain list", ".txt", "a@x\nb@x\n", {}, { "a@x": "", "b@x": "" }],
    [
      "labels after blanks or a tab",
      ".txt",
      "a@x\tAda\nb@x   Bo B. #4 \n",
      {},
      { "a@x": "Ada", "b@x": "Bo B. #4" },
    ],
    ["a line separator in a label", ".txt", "a@x Ada\u2028L.\n", {}, { "a@x": "Ada\u2028L." }],
    ["comments", ".txt", "# staff\n\n  # more\na@x Ada\nb@x # soon\n", {}, both],
    ["Windows and old Mac line ends", ".txt", "a@x Ada\r\nb@x\r", {}, both],
    ["no line end at the end", ".txt", "a@x Ada\nb@x", {}, both],
    ["a byte order mark", ".txt", "\ufeffa@x Ada\nb@x", {}, both],
    ["default columns", ".csv", "label,id\nAda,a@x\n,b@x\n", {}, both],
    ["no label column", ".csv", "id,team\na@x,red\n", {}, { "a@x": "" }],
    ["named columns", ".csv", "email,id,name\na@x,1,Ada\nb@x,2,\n", { id: "email", label: "name" }, both],
    ["quotes", ".csv", 'id,label\n"a@x","Ada ""the first"", L."\n', {}, { "a@x": 'Ada "the first", L.' }],
    [
      "a CSV with a byte order mark and Windows line ends",
      ".csv",
      "\ufeffid,label\r\na@x,Ada\r\nb@x,\r\n",
      {},
      both,
    ],
    ["blanks around fields, and blank lines", ".csv", "id , label\n\n a@x , Ada \nb@x,\n\n", {}, both],
    [
      "formulas as text",
      ".csv",
      "id,label\n=1+1,@SUM(A1)\n-rf,+A1\n",
      {},
      { "=1+1": "@SUM(A1)", "-rf": "+A1" },
    ],
    ["another delimiter", ".csv", "id;label\na@x;Ada\nb@x;\n", { delimiter: ";" }, both],
    ["an upper-case ending", ".CSV", "id,label\na@x,Ada\nb@x,\n", {}, both],
    ["a JSON list", ".json", '["a@x", "b@x"]', {}, { "a@x": "", "b@x": "" }],
    ["JSON objects", ".json", '[\n\t{"id": "a@x", "label": "Ada"},\n\t{"id": "b@x"}\n]', {}, both],
    ["a JSON map", ".json", '{"a@x": "Ada", "b@x": null}', {}, both],
    [
      "digits as written",
      ".json",
      '[1380000000000000001, "0049"]',
      {},
      { "1380000000000000001": "", "0049": "" },
    ],
    ["named properties", ".json", '[{"mail": "a@x", "n": "Ada"}, "b@x"]', { id: "mail", label: "n" }, both],
    ["a YAML list", ".yaml", "- a@x\n- b@x # soon\n", {}, { "a@x": "", "b@x": "" }],
    ["YAML objects", ".yml", "- id: a@x\n  label: Ada\n- { id: b@x }\n", {}, both],
    ["a YAML map", ".yaml", "a@x: Ada\nb@x:\n", {}, both],
    [
      "leading zeros and plus signs",
      ".yaml",
      "- 0049123\n- +8613800000000\n",
      {},
      { "0049123": "", "+8613800000000": "" },
    ],
  ])("%s (%s)", (_, ending, content, options, expected) => {
    expect(load(ending, content, options)).toEqual(expected);
  });

  test.each([
    [".txt", "${file('/etc/passwd')} %{x}"],
    [".csv", "id,label\n${file('/etc/passwd')},%{x}"],
    [".json", `{"\${file('/etc/passwd')}": "%{x}"}`],
  ])("template marks as text (%s)", (ending, content) => {
    const [[id, label] = []] = Object.entries(load(ending, content.replace("} %", "}\t%")));

    expect(id).toMatch(/^\$\$\{file\('\/etc\/passwd'\)\}$/);
    expect(label).toBe("%%{x}");
  });

  test("names of properties that every object has", () => {
    expect(load(".txt", "constructor\ntoString\n")).toEqual({ constructor: "", toString: "" });
  });

  test.each([".txt", ".csv", ".json", ".yaml"])("an empty file, if it is allowed (%s)", (ending) => {
    expect(load(ending, "", { allowEmpty: true })).toEqual({});
  });
});

describe("Users.fromFile refuses", () => {
  const EMPTY = /it declares no user, which would remove everyone\..*allowEmpty: true/;
  const TOKEN = /looks like a CDKTF token/;

  test.each<[string, string, string | Buffer, UserFileOptions, RegExp]>([
    ["an empty file", ".txt", "", {}, EMPTY],
    ["only comments", ".txt", "# all gone\n", {}, EMPTY],
    ["only a header", ".csv", "id,label\n", {}, EMPTY],
    ["an empty list", ".json", "[]", {}, EMPTY],
    ["an empty map", ".json", "{}", {}, EMPTY],
    ["null", ".yaml", "~", {}, EMPTY],
    [
      "a pointer of Git LFS, which a list of user names could be",
      ".txt",
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
      {},
      /line 1: it is a pointer of Git LFS, not the list/,
    ],
    ["an unknown ending", ".xlsx", "a@x", {}, /must be one of \.txt, \.csv, \.json, \.yaml, \.yml/],
    ["bytes that are no UTF-8", ".txt", Buffer.from([0xff, 0xfe, 0x61, 0x00]), {}, /not UTF-8 text/],
    [
      "a missing column",
      ".csv",
      "email,name\na@x,Ada\n",
      {},
      /line 1: there is no column "id"\. The columns are "email", "name"\. .*fromFile\(".*", \{ id: "email" \}\)/,
    ],
    [
      "a missing label column",
      ".csv",
      "id,full_name\na@x,Ada\n",
      { label: "name" },
      /line 1: there is no column "name".*\{ label: "full_name" \}/,
    ],
    ["a column that appears twice", ".csv", "id,id\na,b\n", {}, /line 1: the column "id" appears twice/],
    [
      "another separator",
      ".csv",
      "id;label\na@x;Ada\n",
      {},
      /line 1: the line is separated by ";": write Users\.fromFile\(".*", \{ delimiter: ";" \}\)\.$/,
    ],
    ["tabs", ".csv", "id\tlabel\na@x\tAda\n", {}, /separated by "\\t": .*\{ delimiter: "\\t" \}/],
    [
      "commas where a separator is given",
      ".csv",
      "id,label\n",
      { delimiter: ";" },
      /separated by ",": .*\{ delimiter: "," \}/,
    ],
    [
      "a record that is cut short",
      ".csv",
      "id,label\na@x,Ada\nb@x\n",
      {},
      /line 3: it has 1 column, and the header has 2 columns\./,
    ],
    [
      "an open quote, at the line that opens it",
      ".csv",
      'id,label\n\na@x,"Ada\nb@x,Bo\nc@x,Chidi\n',
      {},
      /line 3: a quote is opened here and never closed/,
    ],
    [
      "a quote within a field",
      ".csv",
      'id,label\na@x,Ada "A" B\n',
      {},
      /line 2: a quote stands within a field/,
    ],
    [
      "text after a quoted field",
      ".csv",
      'id,label\na@x,"Ada"B\n',
      {},
      /line 2: a quote stands within a field/,
    ],
    ["JSON that is cut short", ".json", '[\n"a@x",\n"b@', {}, /line 3: this cannot be read/],
    ["several documents", ".yaml", "- a@x\n---\n- b@x\n", {}, /line 3: .*a second document begins here/],
    ["a single value", ".json", '"a@x"', {}, /line 1: it must be a list of ids.*but it is a single value/],
    [
      "an object without its id",
      ".json",
      '[{"id": "a"},\n{"name": "Ada"}]',
      {},
      /line 2: this object has no "id".*such as Users\.fromFile\(".*", \{ id: "name" \}\)/,
    ],
    ["a property that appears twice", ".json", '[{"id": "a",\n"id": "b"}]', {}, /line 2: "id" appears twice/],
    ["lists in lists", ".yaml", "- a@x\n- [b@x]\n", {}, /line 2: .*must be plain text/],
    ["objects in a map", ".yaml", "a@x: Ada\nb@x: { name: Bo }\n", {}, /line 2: .*must be plain text/],
    ["aliases", ".yaml", "- &a a@x\n- *a\n", {}, /line 2: .*must be plain text/],
    ["an id like a token", ".txt", "a@x\n${TfToken[TOKEN.0]}\n", {}, TOKEN],
    ["a label like a list token", ".csv", "id,label\na@x,#{TfToken[TOKEN.0]}\n", {}, TOKEN],
    ["an id like a map token", ".json", '["&{TfToken[TOKEN.0]}"]', {}, TOKEN],
    [
      "an id that vanishes",
      ".json",
      '{"a@x": "", \n"__proto__": "x"}',
      {},
      /line 2: "__proto__" cannot be an id/,
    ],
  ])("%s (%s)", (_, ending, content, options, message) => {
    expect(() => load(ending, content, options)).toThrow(message);
  });

  test("a missing file, and says where it looked", () => {
    expect(() => Users.fromFile("no-such-file.csv")).toThrow(
      `no-such-file.csv: it cannot be read (ENOENT: no such file or directory, open 'no-such-file.csv'). ` +
        `Relative paths start at ${process.cwd()}.`,
    );
  });

  test("with a message and no stack trace", () => {
    const refused = (): unknown => {
      try {
        return Users.fromFile("no-such-file.csv");
      } catch (error) {
        return error;
      }
    };
    expect(refused()).toMatchObject({ stack: expect.not.stringContaining("    at ") as unknown });
  });
});
