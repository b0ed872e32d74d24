import { describe, expect, test } from "@jest/globals";
import {
  MARKDOWN,
  MESSAGES,
  Nesting,
  SERVICES,
  type Field,
  type MethodMessages,
} from "../../../src/plugin/protocol-messages";
import { error, warning } from "../../../src/plugin";
import { diagnosticMessages } from "../../../src/plugin/session";
import facts from "./protocol-facts.json";

/** Names, numbers and types of the official definitions; scripts/protocol-facts.mjs names their sources. */
const OFFICIAL = facts as unknown as {
  readonly messages: Readonly<Record<string, Readonly<Record<string, readonly (string | number)[]>>>>;
  readonly services: Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>>;
};

/** gRPC's health service is defined elsewhere, with one field in each direction. */
const HEALTH = "grpc.health.v1.Health";

const methods = Object.entries<Readonly<Record<string, MethodMessages>>>(SERVICES)
  .filter(([service]) => service !== HEALTH)
  .flatMap(([service, ofService]) =>
    Object.entries(ofService).map(([name, messages]) => ({ service, name, messages })),
  );

/** The differences between a message and the official one, including nested messages. */
function differences(own: string, official: string, seen: readonly string[] = []): string[] {
  if (seen.includes(own)) return [];
  const theirs = OFFICIAL.messages[official];
  if (!theirs) return [`${official} does not exist`];
  // One field begins with a capital letter.
  const byName = new Map(Object.entries(theirs).map(([name, field]) => [name.toLowerCase(), field]));
  const fields = Object.entries<Field>(MESSAGES[own as keyof typeof MESSAGES]);
  return fields.flatMap(([field, [id, type, rule]]) => {
    const where = `${own}.${field}`;
    const [theirId, theirType = "", theirRule] = byName.get(snakeCase(field)) ?? [];
    if (id !== theirId || rule !== theirRule)
      return [`${where} is ${id} ${rule}, not ${theirId} ${theirRule}`];
    if (type in MESSAGES) return differences(type, String(theirType), [...seen, own]);
    const expected = theirType === "enum" ? "int32" : theirType;
    return type === expected ? [] : [`${where} is ${type}, not ${theirType}`];
  });
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describe("the messages have the official numbers and types", () => {
  test.each(methods)("$service/$name", ({ service, name, messages: [request, response] }) => {
    const [theirRequest = "", theirResponse = ""] = OFFICIAL.services[service]?.[name] ?? [];
    expect(differences(request, theirRequest)).toEqual([]);
    expect(differences(response, theirResponse)).toEqual([]);
  });
});

test("the severities of diagnostics have the official numbers", () => {
  const severities = diagnosticMessages([error("", ""), warning("", "")]).map(({ severity }) => severity);
  expect(severities).toEqual([facts.severity.ERROR, facts.severity.WARNING]);
});

test("descriptions have the official number of Markdown, and nested attributes those of their nesting", () => {
  expect(MARKDOWN).toBe(facts.descriptionKind.MARKDOWN);
  expect(facts.nesting).toMatchObject(Nesting);
});
