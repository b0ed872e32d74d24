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

  interface Readable {
    readonly ending: string;
    readonly content: string;
    readonly users: Record<string, string>;
    readonly options?: UserFileOptions;
  }

  test.each<Readable>([
    { ending: ".txt", content: "a@x\nb@x\n", users: { "a@x": "", "b@x": "" } },
    { ending: ".txt", content: "a@x\tAda\nb@x   Bo B. #4 \n", users: { "a@x": "Ada", "b@x": "Bo B. #4" } },
    { ending: ".txt", content: "a@x Ada\u2028L.\n", users: { "a@x": "Ada\u2028L." } },
    { ending: ".txt", content: "# staff\n\n  # more\na@x Ada\nb@x # soon\n", users: both },
    { ending: ".txt", content: "a@x Ada\r\nb@x\r", users: both },
    { ending: ".txt", content: "a@x Ada\nb@x", users: both },
    { ending: ".txt", content: "\ufeffa@x Ada\nb@x", users: both },
    { ending: ".csv", content: "label,id\nAda,a@x\n,b@x\n", users: both },
    { ending: ".csv", content: "id,team\na@x,red\n", users: { "a@x": "" } },
    {
      ending: ".csv",
      content: "email,id,name\na@x,1,Ada\nb@x,2,\n",
      users: both,
      options: { id: "email", label: "name" },
    },
    {
      ending: ".csv",
      content: 'id,label\n"a@x","Ada ""the first"", L."\n',
      users: { "a@x": 'Ada "the first", L.' },
    },
    { ending: ".csv", content: "\ufeffid,label\r\na@x,Ada\r\nb@x,\r\n", users: both },
    { ending: ".csv", content: "id , label\n\n a@x , Ada \nb@x,\n\n", users: both },
    {
      ending: ".csv",
      content: "id,label\n=1+1,@SUM(A1)\n-rf,+A1\n",
      users: { "=1+1": "@SUM(A1)", "-rf": "+A1" },
    },
    { ending: ".csv", content: "id;label\na@x;Ada\nb@x;\n", users: both, options: { delimiter: ";" } },
    { ending: ".CSV", content: "id,label\na@x,Ada\nb@x,\n", users: both },
    { ending: ".json", content: '["a@x", "b@x"]', users: { "a@x": "", "b@x": "" } },
    { ending: ".json", content: '[\n\t{"id": "a@x", "label": "Ada"},\n\t{"id": "b@x"}\n]', users: both },
    { ending: ".json", content: '{"a@x": "Ada", "b@x": null}', users: both },
    {
      ending: ".json",
      content: '[1380000000000000001, "0049"]',
      users: { "1380000000000000001": "", "0049": "" },
    },
    {
      ending: ".json",
      content: '[{"mail": "a@x", "n": "Ada"}, "b@x"]',
      users: both,
      options: { id: "mail", label: "n" },
    },
    { ending: ".yaml", content: "- a@x\n- b@x # soon\n", users: { "a@x": "", "b@x": "" } },
    { ending: ".yml", content: "- id: a@x\n  label: Ada\n- { id: b@x }\n", users: both },
    { ending: ".yaml", content: "a@x: Ada\nb@x:\n", users: both },
    {
      ending: ".yaml",
      content: "- 0049123\n- +8613800000000\n",
      users: { "0049123": "", "+8613800000000": "" },
    },
  ])("a file $ending: $content", ({ ending, content, users, options = {} }) => {
    expect(load(ending, content, options)).toEqual(users);
  });

  test.each([
    { ending: ".txt", content: "${file('/etc/passwd')}\t%{x}" },
    { ending: ".csv", content: "id,label\n${file('/etc/passwd')},%{x}" },
    { ending: ".json", content: `{"\${file('/etc/passwd')}": "%{x}"}` },
  ])("template marks as text ($ending)", ({ ending, content }) => {
    expect(load(ending, content)).toEqual({ "$${file('/etc/passwd')}": "%%{x}" });
  });

  test("names of properties that every object has", () => {
    expect(load(".txt", "constructor\ntoString\n")).toEqual({ constructor: "", toString: "" });
  });

  test.each([".txt", ".csv", ".json", ".yaml"])("an empty file, if it is allowed (%s)", (ending) => {
    expect(load(ending, "", { allowEmpty: true })).toEqual({});
  });
});

describe("Users.fromFile refuses", () => {
  const EMPTY =
    /it declares no user, which would remove everyone\. Export the pool into it first \(cdktf-genauth export\).*allowEmpty/;
  const TOKEN = /looks like a CDKTF token/;

  interface Unreadable {
    readonly says: RegExp;
    readonly ending: string;
    readonly content: string | Buffer;
    readonly options?: UserFileOptions;
  }

  test.each<Unreadable>([
    { says: EMPTY, ending: ".txt", content: "" },
    { says: EMPTY, ending: ".txt", content: "# all gone\n" },
    { says: EMPTY, ending: ".csv", content: "id,label\n" },
    { says: EMPTY, ending: ".json", content: "[]" },
    { says: EMPTY, ending: ".json", content: "{}" },
    { says: EMPTY, ending: ".yaml", content: "~" },
    {
      says: /line 1: it is a pointer of Git LFS, not the list/,
      ending: ".txt",
      content: "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    },
    { says: /must be one of \.txt, \.csv, \.json, \.yaml, \.yml/, ending: ".xlsx", content: "a@x" },
    { says: /not UTF-8 text/, ending: ".txt", content: Buffer.from([0xff, 0xfe, 0x61, 0x00]) },
    {
      says: /line 1: there is no column "id"\. The columns are "email", "name"\. .*fromFile\(".*", \{ id: "email" \}\)/,
      ending: ".csv",
      content: "email,name\na@x,Ada\n",
    },
    {
      says: /line 1: there is no column "name".*\{ label: "full_name" \}/,
      ending: ".csv",
      content: "id,full_name\na@x,Ada\n",
      options: { label: "name" },
    },
    {
      says: /: write Users\.fromFile\("[^"]* \\"new\\"\.csv", \{ delimiter: ";" \}\)\.$/,
      ending: ' "new".csv',
      content: "id;label\na@x;Ada\n",
    },
    { says: /line 1: the column "id" appears twice/, ending: ".csv", content: "id,id\na,b\n" },
    {
      says: /line 1: the line is separated by ";": write Users\.fromFile\(".*", \{ delimiter: ";" \}\)\.$/,
      ending: ".csv",
      content: "id;label\na@x;Ada\n",
    },
    {
      says: /separated by "\\t": .*\{ delimiter: "\\t" \}/,
      ending: ".csv",
      content: "id\tlabel\na@x\tAda\n",
    },
    {
      says: /separated by ",": .*\{ delimiter: "," \}/,
      ending: ".csv",
      content: "id,label\n",
      options: { delimiter: ";" },
    },
    {
      says: /line 3: it has 1 column, and the header has 2 columns\./,
      ending: ".csv",
      content: "id,label\na@x,Ada\nb@x\n",
    },
    {
      says: /line 3: a quote is opened here and never closed/,
      ending: ".csv",
      content: 'id,label\n\na@x,"Ada\nb@x,Bo\nc@x,Chidi\n',
    },
    { says: /line 2: a quote stands within a field/, ending: ".csv", content: 'id,label\na@x,Ada "A" B\n' },
    { says: /line 2: a quote stands within a field/, ending: ".csv", content: 'id,label\na@x,"Ada"B\n' },
    { says: /line 3: this cannot be read/, ending: ".json", content: '[\n"a@x",\n"b@' },
    { says: /line 3: .*a second document begins here/, ending: ".yaml", content: "- a@x\n---\n- b@x\n" },
    { says: /line 1: it must be a list of ids.*but it is a single value/, ending: ".json", content: '"a@x"' },
    {
      says: /line 2: this object has no "id".*such as Users\.fromFile\(".*", \{ id: "name" \}\)/,
      ending: ".json",
      content: '[{"id": "a"},\n{"name": "Ada"}]',
    },
    { says: /line 2: "id" appears twice/, ending: ".json", content: '[{"id": "a",\n"id": "b"}]' },
    { says: /line 2: .*must be plain text/, ending: ".yaml", content: "- a@x\n- [b@x]\n" },
    { says: /line 2: .*must be plain text/, ending: ".yaml", content: "a@x: Ada\nb@x: { name: Bo }\n" },
    {
      says: /line 2: .*; each id and label must be plain text\. This is an alias: put a text that begins with \* into quotes\.$/,
      ending: ".yaml",
      content: "a@x: Ada\nb@x: *external\n",
    },
    {
      says: /line 2: this object has no "id".*such as Users\.fromFile\(".*", \{ id: "name" \}\)\.$/,
      ending: ".yaml",
      content: "- &a { id: a@x }\n- { <<: *a, '': x, name: Ada }\n",
    },
    { says: TOKEN, ending: ".txt", content: "a@x\n${TfToken[TOKEN.0]}\n" },
    { says: TOKEN, ending: ".csv", content: "id,label\na@x,#{TfToken[TOKEN.0]}\n" },
    { says: TOKEN, ending: ".json", content: '["&{TfToken[TOKEN.0]}"]' },
    {
      says: /line 2: "__proto__" cannot be an id/,
      ending: ".json",
      content: '{"a@x": "", \n"__proto__": "x"}',
    },
  ])("a file $ending: $content", ({ says, ending, content, options = {} }) => {
    expect(() => load(ending, content, options)).toThrow(says);
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
