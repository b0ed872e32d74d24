import { expect, test } from "@jest/globals";
import { templateParts } from "../../../src/constructs/template-text";

test.each<[string, string[]]>([
  ['text { } " \\', ['text { } " \\']],
  ["a${b}c%{ if d }e", ["a", "${b}", "c", "%{ if d }", "e"]],
  ["$${a} %%{b} $$${c}", ["$${a} %%{b} $$${c}"]],
  ['${lookup({a = "b"}, "a")}-${c}', ["", '${lookup({a = "b"}, "a")}', "-", "${c}", ""]],
  ['${x["}"]}}', ["", '${x["}"]}', "}"]],
  ['${"\\"}"}"', ["", '${"\\"}"}', '"']],
  ['${"a${"}"}$${b"}c', ["", '${"a${"}"}$${b"}', "c"]],
  ["\\${a}", ["\\", "${a}", ""]],
])("the text %s is cut before and after each template, into %j", (template, parts) => {
  expect(templateParts(template)).toEqual(parts);
  expect(templateParts(template).join("")).toBe(template);
});
