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

/** A field's number, its type, and "list" or "map" if it is one. */
type OfficialField = readonly (string | number)[];

/** What scripts/protocol-facts.mjs has read from the .proto files of Terraform and go-plugin. */
const OFFICIAL = facts as unknown as {
  readonly messages: Readonly<Record<string, Readonly<Record<string, OfficialField>>>>;
  readonly services: Readonly<
    Record<string, Readonly<Record<string, readonly [request: string, response: string]>>>
  >;
};

/** Not in those files: it is gRPC's own service, with one field in each direction. */
const HEALTH = "grpc.health.v1.Health";

const methods = Object.entries<Readonly<Record<string, MethodMessages>>>(SERVICES)
  .filter(([service]) => service !== HEALTH)
  .flatMap(([service, ofService]) =>
    Object.entries(ofService).map(([name, messages]) => ({ service, name, messages })),
  );

/**
 * Where the fields of one of our messages differ from the official message, with those of the messages in it.
 *
 * @param seen the messages around it: an attribute of a schema holds attributes
 */
function differences(own: string, official: string, seen: readonly string[] = []): string[] {
  if (seen.includes(own)) return [];
  const theirs = OFFICIAL.messages[official];
  if (!theirs) return [`${official} does not exist`];
  // The field `Error` of StopProvider.Response begins with a capital letter.
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

describe("each field that this provider reads or writes has the official number and type, in", () => {
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
