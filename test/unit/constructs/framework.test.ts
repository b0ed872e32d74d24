import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { Fn, TerraformIterator, TerraformStack, TerraformVariable, Testing, Token } from "cdktf";
import { cdkOf, fillIn, instancesOf, overrideOf, valueIn } from "../../../src/constructs/framework";
import { resolve } from "../../../src/constructs/references";
import { Users } from "../../../src/constructs/users";
import { UserSet } from "../../../src/constructs/generated/user-set";
import { writtenAttributes } from "../../../src/constructs/written-set";

/** What the constructs read inside a CDK. The project `cdktn` runs this on CDK Terrain. */
const newStack = () => new TerraformStack(Testing.app(), "stack");
const stack = newStack();
const rendered = (value: unknown): unknown => resolve(stack, value);
/** The `for_each` that a CDK writes for an iterator. */
const itemsOf = (forEach: TerraformIterator): unknown =>
  writtenAttributes(new UserSet(newStack(), "each", { users: {}, forEach }))["for_each"];
/** What is between `${` and `}`. */
const expressionOf = (value: unknown): string => String(rendered(value)).slice(2, -1);

test("addOverride keeps the value where overrideOf reads it", () => {
  const set = new UserSet(stack, "overridden", { users: {} });
  expect(overrideOf(set, "users")).toBeUndefined();
  set.addOverride("users", { ada: "" });
  expect(overrideOf(set, "users")).toEqual({ ada: "" });
});

test("addOverride of a stack keeps the version of a provider where overrideOf reads it", () => {
  const overridden = newStack();
  expect(overrideOf(overridden, "terraform")).toBeUndefined();
  overridden.addOverride("terraform.required_providers.null.version", "3.2.4");
  expect(overrideOf(overridden, "terraform")).toEqual({ required_providers: { null: { version: "3.2.4" } } });
});

test("a stack, and its class, tell the CDK; nothing else does", () => {
  const cdk = cdkOf(TerraformStack.prototype);
  expect(["cdktf", "cdktn"]).toContain(cdk);
  expect([cdkOf(stack), cdkOf(class extends TerraformStack {}.prototype), cdkOf({})]).toEqual([
    cdk,
    cdk,
    undefined,
  ]);
});

test("the items of an iterator over a map are its instances, and its value renders to each.value", () => {
  const iterator = TerraformIterator.fromMap({ eu: { ids: ["ada"], "a b": "bo" }, us: { ids: [] } });
  const [eu] = instancesOf(itemsOf(iterator));
  expect(instancesOf(itemsOf(iterator))).toHaveLength(2);
  expect(eu).toEqual({ key: "eu", value: { ids: ["ada"], "a b": "bo" } });
  const instance = eu ?? {};
  expect(valueIn(instance, expressionOf(iterator.key))).toBe("eu");
  expect(valueIn(instance, expressionOf(iterator.getList("ids")))).toEqual(["ada"]);
  expect(valueIn(instance, expressionOf(iterator.getString("a b")))).toBe("bo");
  expect(fillIn(instance, String(rendered(`${iterator.key}@example.com`)))).toBe("eu@example.com");
});

test("those over a list are its items, also where Users.fromIds makes a map of a list", () => {
  const iterator = TerraformIterator.fromList(["ada", "bo"]);
  expect(instancesOf(itemsOf(iterator))).toEqual([
    { key: "ada", value: "ada" },
    { key: "bo", value: "bo" },
  ]);
  const map = TerraformIterator.fromMap({ eu: { ids: ["ada"] } });
  const users = expressionOf(Users.fromIds(map.getList("ids")).toMap());
  expect(users).not.toBe(expressionOf(map.getList("ids")));
  expect(valueIn({ key: "eu", value: { ids: ["ada"] } }, users)).toEqual(["ada"]);
});

test("what only Terraform knows is one instance without items", () => {
  const variable = new TerraformVariable(stack, "teams", { type: "map(string)" });
  for (const items of [variable.value, Fn.merge([variable.value])])
    expect(instancesOf(itemsOf(TerraformIterator.fromMap(Token.asAnyMap(items))))).toEqual([{}]);
});

test("no other file of the constructs reads the inside of a CDK", () => {
  const folder = join(__dirname, "../../../src/constructs");
  const inside = /rawOverrides|_getForEachExpression|jsii\.rtti|\beach\\\.|Reflect\.get\(element/;
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.startsWith("generated"),
  );
  expect(files.filter((name) => inside.test(readFileSync(join(folder, name), "utf8")))).toEqual([
    "framework.ts",
  ]);
});
