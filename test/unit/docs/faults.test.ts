import { expect, test } from "@jest/globals";
import * as z from "zod";
import { FaultRuleSchema } from "../../../src/emulator";
import { readDocument } from "../../support/docs/documents";

interface Fields {
  readonly properties: Readonly<Record<string, { readonly const?: string }>>;
  readonly required: readonly string[];
}

const { properties } = z.toJSONSchema(FaultRuleSchema) as unknown as {
  readonly properties: Readonly<Record<string, unknown>> & {
    readonly then: { readonly oneOf: readonly Fields[] };
  };
};
const [, section = ""] =
  /^## A service that fails\n(.*?)^## /ms.exec(readDocument("docs/guides/testing.md")) ?? [];

test("docs/guides/testing.md lists each kind of fault with its fields", () => {
  const faults = properties.then.oneOf.map((fault): [string | undefined, string[]] => [
    fault.properties.kind?.const,
    Object.keys(fault.properties)
      .filter((name) => name !== "kind")
      .map((name) => (fault.required.includes(name) ? name : `${name}?`)),
  ]);
  const listed = [...section.matchAll(/^- `(\w+)`:((?: `\w+\??`[,:])*)/gm)].map(([, kind, fields = ""]) => [
    kind,
    [...fields.matchAll(/`(\w+\??)`/g)].map(([, field]) => field),
  ]);
  expect(listed).toEqual(faults);
});

test("docs/guides/testing.md explains which calls a fault concerns", () => {
  for (const name of Object.keys(properties)) expect(section).toContain(`\`${name}\``);
});
