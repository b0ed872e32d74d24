// protoc and buf generate code; the codec here is written by hand, and a test compares it with these facts.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Enum, MapField, parse, Root, Service, Type } from "protobufjs";

/**
 * Prints facts of the official protocol definitions for a test of `src/plugin/protocol-messages.ts`: names, numbers and types of
 * fields, and the messages of each method. Needs Go and its module proxy; the test needs neither.
 *
 *   node scripts/protocol-facts.mjs > test/unit/plugin/protocol-facts.json
 */
const SOURCES = [
  // The engine's own definition: the one of the plugin library came later for several fields.
  { module: "github.com/hashicorp/terraform@v1.16.4", files: ["docs/plugin-protocol/tfplugin6.proto"] },
  {
    module: "github.com/hashicorp/go-plugin@v1.8.0",
    files: ["broker", "controller", "stdio"].map((name) => `internal/plugin/grpc_${name}.proto`),
  },
];

const root = new Root();
for (const { module, files } of SOURCES) {
  const { Dir } = JSON.parse(execFileSync("go", ["mod", "download", "-json", module], { encoding: "utf8" }));
  for (const file of files) parse(readFileSync(join(Dir, file), "utf8"), root, { keepCase: true });
}
for (const name of ["Empty", "Timestamp"]) root.define("google.protobuf").add(new Type(name));
root.resolveAll();

const messages = {};
const services = {};
const nameOf = (object) => object.fullName.slice(1);

function fieldOf(field) {
  const { id, resolvedType, type } = field;
  const typeName = resolvedType instanceof Enum ? "enum" : resolvedType ? nameOf(resolvedType) : type;
  const rule = field instanceof MapField ? ["map"] : field.repeated ? ["list"] : [];
  return [id, typeName, ...rule];
}

function visit(object) {
  if (object instanceof Type) {
    messages[nameOf(object)] = Object.fromEntries(
      object.fieldsArray.map((field) => [field.name, fieldOf(field)]),
    );
  }
  if (object instanceof Service) {
    services[nameOf(object)] = Object.fromEntries(
      object.methodsArray.map((method) => [
        method.name,
        [nameOf(method.resolvedRequestType), nameOf(method.resolvedResponseType)],
      ]),
    );
  }
  for (const nested of object.nestedArray ?? []) visit(nested);
}
visit(root);

const { Severity } = root.lookupType("tfplugin6.Diagnostic").nested;
const facts = {
  sources: SOURCES.map(({ module }) => module),
  severity: Severity.values,
  descriptionKind: root.lookupEnum("tfplugin6.StringKind").values,
  nesting: root.lookupEnum("tfplugin6.Schema.Object.NestingMode").values,
  services,
  messages,
};
console.log(JSON.stringify(facts));
