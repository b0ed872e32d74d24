import { describe, expect, test } from "@jest/globals";
import { join } from "node:path";
import { checkStack } from "../../../src/stack-check";
import { type Files, Link, withFolder } from "../../support/stack-check/folder";

/** `file:line` of each finding, and its problem. */
function findings(files: Files, root = "."): string[] {
  return withFolder(files, (folder) =>
    checkStack(folder, [], join(folder, root)).findings.map(
      ({ file, line, problem }) => `${file}:${line} ${problem}`,
    ),
  );
}

const locals = (expression: string) => `locals {\n  x = ${expression}\n}\n`;

describe("a call is refused", () => {
  test.each(
    [
      "file",
      "filebase64",
      "filebase64sha256",
      "filebase64sha512",
      "filemd5",
      "filesha1",
      "filesha256",
      "filesha512",
      "fileexists",
      "fileset",
      "templatefile",
      "core::file",
    ].map((name) => [name]),
  )("of %s with a path elsewhere", (name) => {
    const short = name.replace("core::", "");
    expect(findings({ "main.tf": locals(`${name}("/proc/self/environ", "*")`) })).toEqual([
      expect.stringContaining(`main.tf:2 ${short} needs a literal relative path`),
    ]);
    expect(findings({ "main.tf": locals(`${name}("../x", "*")`) })).toEqual([
      expect.stringContaining(`main.tf:2 ${short} reads ../x, which is outside the folder stack.`),
    ]);
  });

  test.each([
    ['"~/.netrc"'],
    ['"C:/x"'],
    ['"a\\\\..\\\\..\\\\x"'],
    ["local.path"],
    ['"${local.path}"'],
    ['"${path.module}/${local.path}"'],
    ['"${path.module}${local.path}"'],
    ['"${path.module}-x"'],
    ['"${path.cwd}/staff.csv"'],
    ['"${local.path}/staff.csv"'],
    ['true ? "a" : "/b"'],
    ['["/x"]...'],
    ["<<A\n/x\nA\n"],
    ['("/x")'],
    [""],
  ])("with a path that is not literal and relative: %s", (path) => {
    expect(findings({ "main.tf": locals(`file(${path})`) })).toEqual([
      expect.stringContaining("main.tf:2 file needs a literal relative path"),
    ]);
  });

  test.each([
    ['"../staff.csv"'],
    ['"${path.module}/../staff.csv"'],
    ['"${path.root}/m/../../staff.csv"'],
    ['"m/../../staff.csv"'],
    ['"\\u002e\\u002e/staff.csv"'],
    ['"${path.module}/\\u002e./staff.csv"'],
  ])("with a path that leaves the folder: %s", (path) => {
    expect(findings({ "main.tf": locals(`file(${path})`) })).toEqual([
      expect.stringContaining("main.tf:2 file reads ../staff.csv"),
    ]);
  });

  test.each([
    ["in a string", '"a ${upper("${file("/x")}")}"'],
    ["in a heredoc", '<<-A\n  %{ if true }${file("/x")}%{ endif }\n  A\n'],
    ["in a condition of a template", '"%{ if file("/x") == "" }%{ endif }"'],
    ["in brackets, after a line break and a comment", '[file /* x */\n # y\n ("/x")]'],
    ["as an argument", 'csvdecode(trimprefix(file("/x"), "y"))'],
    ["in another call of the list", 'file(file("/x"))'],
  ])("%s", (_, expression) => {
    expect(findings({ "main.tf": locals(expression) })).toContainEqual(
      expect.stringContaining("file needs a literal relative path"),
    );
  });

  test.each([
    ["a value", { locals: { x: [{ y: '${file("/x")}' }] } }],
    ["a key", { locals: { x: { '${file("/x")}': 1 } } }],
    ["a default", { variable: { x: { default: 'a %{ if file("/x") == "" }%{ endif }' } } }],
    ["an output", { output: { x: { value: '${upper("${file("/x")}")}' } } }],
  ])("in JSON, in %s", (_, content) => {
    expect(findings({ "main.tf.json": JSON.stringify(content, undefined, 1) })).toEqual([
      expect.stringMatching(/^main\.tf\.json:[3-6] file needs a literal relative path/),
    ]);
  });

  test("in a loop that hides path", () => {
    for (const loop of ["for path in [1]", "for k, path in [1]", "for path,\nv in [1]"])
      expect(findings({ "main.tf": locals(`[${loop} : file("\${path.module}/x")]`) })).toEqual([
        expect.stringContaining("main.tf:2 A loop's variable must not be named path"),
      ]);
  });

  test("through a link, also one to nowhere", () => {
    for (const target of ["../other", "../nowhere"])
      expect(
        findings({ "main.tf": locals('file("m/x.csv")'), m: new Link(target), "../other/x.csv": "" }),
      ).toEqual([expect.stringContaining("file reads m/x.csv, which is outside")]);
  });

  test("in a module and in a template, also in a template of a template", () => {
    const files: Files = {
      "main.tf": 'module "m" {\n  source = "./m"\n}\n',
      "m/main.tf": locals('templatefile("${path.module}/a.tftpl", { path = { module = "/proc/self" } })'),
      "m/a.tftpl": '"\n${file("${path.module}/environ")}\n${templatefile("m/b.tftpl", {})}',
      "m/b.tftpl": '${file("../x")}',
    };
    expect(findings(files)).toEqual([
      'm/a.tftpl:2 file needs a literal relative path in a template, such as "staff.csv".',
      expect.stringContaining("m/b.tftpl:1 file reads ../x, which is outside the folder stack"),
    ]);
  });

  test("of templatefile with a file that cannot be read now", () => {
    expect(findings({ "main.tf": locals('templatefile("x", {})') })).toEqual([
      "main.tf:2 The template x does not exist.",
    ]);
    expect(findings({ "main.tf": locals('templatefile("x", {})'), x: "${" })).toEqual([
      "x:1 The file ends inside a template, so this check cannot vouch for it.",
    ]);
  });

  test("of templatestring, whose code may come from anywhere", () => {
    expect(findings({ "main.tf": locals("templatestring(local.y, {})") })).toEqual([
      "main.tf:2 templatestring runs code that this check cannot see. Write it as a template.",
    ]);
  });

  test("of fileset with a pattern that could lead upwards", () => {
    for (const pattern of ['"../*"', '"{.,x}./*"', '".{,x}./*"', '".\\\\./*"', "var.x", '"${var.x}/*"'])
      expect(findings({ "main.tf": locals(`fileset(path.module, ${pattern})`) })).toEqual([
        expect.stringContaining("main.tf:2 fileset needs a literal pattern"),
      ]);
  });
});

test("files of the folder may be read", () => {
  const files: Files = {
    "main.tf": `module "m" {
  source = "./m"
}
locals {
  a = csvdecode(trimprefix(file("\${path.module}/staff.csv"), "\\ufeff"))
  b = file(
    "lists/../staff.csv", # the one above
  )
  c = [for name in fileset("\${ path.root }", "lists/*.{yml,yaml}") : name]
  d = fileset(path.module, "**/*.auto.csv")
  e = templatefile("./x.tftpl", { file = "a" })
  f = core::fileexists("later.csv")
  g = "$\${file(\\"/x\\")} file(/x)"
  # file("/x")
  file = { file = "/x", path = "/y" }
}
`,
    "m/main.tf.json": {
      locals: {
        x: '${file("${path.module}/../staff.csv")}',
        y: '$${file("/x")} and file("/x")',
        z: "$$${ is the name of a user",
      },
    },
    "staff.csv": "",
    "x.tftpl": '"%{ for x in y }${file}%{ endfor } ${file("staff.csv")} $${file("/x")}',
  };
  expect(findings(files)).toEqual([]);
});

test("with a root, files beside the folder may be read, and no others", () => {
  const files: Files = {
    "main.tf": locals('[file("${path.module}/../lists/staff.csv"), file("../../staff.csv")]'),
    "../lists/staff.csv": "",
  };
  expect(findings(files)).toHaveLength(2);
  expect(findings(files, "..")).toEqual([expect.stringContaining("main.tf:2 file reads ../../staff.csv")]);
  expect(() => findings({ "main.tf": "", "../lists/x": "" }, "../lists")).toThrow(
    /lists\. Name a folder that contains it as --root\.$/,
  );
});
