import { describe, expect, test } from "@jest/globals";
import { Token } from "cdktf";
import fc from "fast-check";
import {
  escapeAroundTokens,
  escapeTemplate,
  looksLikeToken,
  misusesTokens,
} from "../../../src/constructs/template-text";

const marks = fc.string({
  unit: fc.constantFrom("$", "%", "{", "}", "a", '"', "\\", "TfToken[", "TOKEN.0", "]"),
});

/** Reads a template without expressions as Terraform does: doubled marks become single ones. */
function readTemplate(template: string): string {
  expect(template).not.toMatch(/(?<!\$)\$\{|(?<!%)%\{/);
  return template.replace(/([$%])\1\{/g, "$1{");
}

describe("escapeTemplate", () => {
  test.each([
    ["${1 + 1}", "$${1 + 1}"],
    ["%{ if true }x%{ endif }", "%%{ if true }x%%{ endif }"],
    ["$${x}", "$$${x}"],
    ["$%{x}", "$%%{x}"],
    ["100 % of {this} for $5", "100 % of {this} for $5"],
  ])("writes %j as %j", (data, template) => {
    expect(escapeTemplate(data)).toBe(template);
  });

  test("is reversed when the template is read, for any data", () => {
    fc.assert(fc.property(marks, (data) => expect(readTemplate(escapeTemplate(data))).toBe(data)));
  });
});

describe("escapeAroundTokens", () => {
  test("keeps tokens and escapes the rest", () => {
    const token = Token.asString({ resolve: () => "x" });

    expect(escapeAroundTokens(`\${a} ${token} %{b} ${token}\${c}`)).toBe(
      `$\${a} ${token} %%{b} ${token}$\${c}`,
    );
  });
});

describe("looksLikeToken", () => {
  test.each([
    "a ${TfToken[TOKEN.1]} b",
    "#{TfToken[TOKEN.1]}",
    "&{TfToken[TOKEN.1]}",
    Token.STRING_MAP_TOKEN_VALUE,
    Token.ANY_MAP_TOKEN_VALUE,
    `id ${Token.asNumber({ resolve: () => 1 })}`,
  ])("is true for %j, which CDKTF would replace", (data) => {
    expect(looksLikeToken(data)).toBe(true);
  });

  test.each(["", "${x}", "TfToken[1]", "1e5", "-1.5e+10", "..e-", "alice@corp.example"])(
    "is false for %j",
    (data) => {
      expect(looksLikeToken(data)).toBe(false);
    },
  );
});

describe("misusesTokens", () => {
  const token = Token.asString({ resolve: () => "x" });

  test.each([`$${token}`, "#{TfToken[TOKEN.1]}", `${token}&{TfToken[TOKEN.1]}`, "${TfToken[ ]}"])(
    "is true for %j",
    (text) => {
      expect(misusesTokens(text)).toBe(true);
    },
  );

  test.each([token, `a ${token} b`, "plain", "${var.x}"])("is false for %j", (text) => {
    expect(misusesTokens(text)).toBe(false);
  });
});
