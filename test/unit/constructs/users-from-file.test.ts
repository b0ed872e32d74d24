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

  test.each<[string, string, Record<string, string>, UserFileOptions?]>([
    [".txt", "a@x\nb@x\n", { "a@x": "", "b@x": "" }],
    [".txt", "a@x\tAda\nb@x   Bo B. #4 \n", { "a@x": "Ada", "b@x": "Bo B. #4" }],
    [".txt", "a@x Ada\u2028L.\n", { "a@x": "Ada\u2028L." }],
    [".txt", "# staff\n\n  # more\na@x Ada\nb@x # soon\n", both],
    [".txt", "a@x Ada\r\nb@x\r", both],
    [".txt", "a@x Ada\nb@x", both],
    [".txt", "\ufeffa@x Ada\nb@x", both],
    [".csv", "label,id\nAda,a@x\n,b@x\n", both],
    [".csv", "id,team\na@x,red\n", { "a@x": "" }],
    [".csv", "email,id,name\na@x,1,Ada\nb@x,2,\n", both, { id: "email", label: "name" }],
    [".csv", 'id,label\n"a@x","Ada ""the first"", L."\n', { "a@x": 'Ada "the first", L.' }],
    [".csv", "\ufeffid,label\r\na@x,Ada\r\nb@x,\r\n", both],
    [".csv", "id , label\n\n a@x , Ada \nb@x,\n\n", both],
    [".csv", "id,label\n=1+1,@SUM(A1)\n-rf,+A1\n", { "=1+1": "@SUM(A1)", "-rf": "+A1" }],
    [".csv", "id;label\na@x;Ada\nb@x;\n", both, { delimiter: ";" }],
    [".CSV", "id,label\na@x,Ada\nb@x,\n", both],
    [".json", '["a@x", "b@x"]', { "a@x": "", "b@x": "" }],
    [".json", '[\n\t{"id": "a@x", "label": "Ada"},\n\t{"id": "b@x"}\n]', both],
    [".json", '{"a@x": "Ada", "b@x": null}', both],
    [".json", '[1380000000000000001, "0049"]', { "1380000000000000001": "", "0049": "" }],
    [".json", '[{"mail": "a@x", "n": "Ada"}, "b@x"]', both, { id: "mail", label: "n" }],
    [".yaml", "- a@x\n- b@x # soon\n", { "a@x": "", "b@x": "" }],
    [".yml", "- id: a@x\n  label: Ada\n- { id: b@x }\n", both],
    [".yaml", "a@x: Ada\nb@x:\n", both],
    [".yaml", "- 0049123\n- +8613800000000\n", { "0049123": "", "+8613800000000": "" }],
  ])("%s %j", (ending, content, expected, options = {}) => {
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
  const EMPTY =
    /it declares no user, which would remove everyone\. Export the pool into it first \(cdktf-genauth export\).*allowEmpty/;
  const TOKEN = /looks like a CDKTF token/;

  test.each<[RegExp, string, string | Buffer, UserFileOptions?]>([
    [EMPTY, ".txt", ""],
    [EMPTY, ".txt", "# all gone\n"],
    [EMPTY, ".csv", "id,label\n"],
    [EMPTY, ".json", "[]"],
    [EMPTY, ".json", "{}"],
    [EMPTY, ".yaml", "~"],
    [
      /line 1: it is a pointer of Git LFS, not the list/,
      ".txt",
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    ],
    [/must be one of \.txt, \.csv, \.json, \.yaml, \.yml/, ".xlsx", "a@x"],
    [/not UTF-8 text/, ".txt", Buffer.from([0xff, 0xfe, 0x61, 0x00])],
    [
      /line 1: there is no column "id"\. The columns are "email", "name"\. .*fromFile\(".*", \{ id: "email" \}\)/,
      ".csv",
      "email,name\na@x,Ada\n",
    ],
    [
      /line 1: there is no column "name".*\{ label: "full_name" \}/,
      ".csv",
      "id,full_name\na@x,Ada\n",
      { label: "name" },
    ],
    [/line 1: the column "id" appears twice/, ".csv", "id,id\na,b\n"],
    [
      /line 1: the line is separated by ";": write Users\.fromFile\(".*", \{ delimiter: ";" \}\)\.$/,
      ".csv",
      "id;label\na@x;Ada\n",
    ],
    [/separated by "\\t": .*\{ delimiter: "\\t" \}/, ".csv", "id\tlabel\na@x\tAda\n"],
    [/separated by ",": .*\{ delimiter: "," \}/, ".csv", "id,label\n", { delimiter: ";" }],
    [/line 3: it has 1 column, and the header has 2 columns\./, ".csv", "id,label\na@x,Ada\nb@x\n"],
    [/line 3: a quote is opened here and never closed/, ".csv", 'id,label\n\na@x,"Ada\nb@x,Bo\nc@x,Chidi\n'],
    [/line 2: a quote stands within a field/, ".csv", 'id,label\na@x,Ada "A" B\n'],
    [/line 2: a quote stands within a field/, ".csv", 'id,label\na@x,"Ada"B\n'],
    [/line 3: this cannot be read/, ".json", '[\n"a@x",\n"b@'],
    [/line 3: .*a second document begins here/, ".yaml", "- a@x\n---\n- b@x\n"],
    [/line 1: it must be a list of ids.*but it is a single value/, ".json", '"a@x"'],
    [
      /line 2: this object has no "id".*such as Users\.fromFile\(".*", \{ id: "name" \}\)/,
      ".json",
      '[{"id": "a"},\n{"name": "Ada"}]',
    ],
    [/line 2: "id" appears twice/, ".json", '[{"id": "a",\n"id": "b"}]'],
    [/line 2: .*must be plain text/, ".yaml", "- a@x\n- [b@x]\n"],
    [/line 2: .*must be plain text/, ".yaml", "a@x: Ada\nb@x: { name: Bo }\n"],
    [/line 2: .*must be plain text/, ".yaml", "- &a a@x\n- *a\n"],
    [TOKEN, ".txt", "a@x\n${TfToken[TOKEN.0]}\n"],
    [TOKEN, ".csv", "id,label\na@x,#{TfToken[TOKEN.0]}\n"],
    [TOKEN, ".json", '["&{TfToken[TOKEN.0]}"]'],
    [/line 2: "__proto__" cannot be an id/, ".json", '{"a@x": "", \n"__proto__": "x"}'],
  ])("%s: %s %j", (message, ending, content, options = {}) => {
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
