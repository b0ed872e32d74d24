import type { Attribute, Schema, Type } from "./definition";
import { MARKDOWN, Nesting, type ProtocolMessage } from "./protocol-messages";

/** A schema as the engine gets it. */
export function schemaMessage(schema: Schema): ProtocolMessage<"Schema"> {
  return {
    version: schema.version,
    block: {
      version: schema.version,
      description: schema.description,
      descriptionKind: MARKDOWN,
      attributes: Object.entries(schema.attributes).map(([name, attribute]) =>
        attributeMessage(name, attribute),
      ),
    },
  };
}

function attributeMessage(name: string, attribute: Attribute): ProtocolMessage<"SchemaAttribute"> {
  const nestedType = nestedMessage(attribute);
  return {
    name,
    ...(nestedType ? { nestedType } : { type: typeExpression(attribute.type) }),
    description: attribute.description,
    descriptionKind: MARKDOWN,
    required: attribute.required ?? false,
    optional: attribute.optional ?? false,
    computed: attribute.computed ?? false,
    sensitive: attribute.sensitive ?? false,
    ...(attribute.deprecated !== undefined && {
      deprecated: true,
      deprecationMessage: attribute.deprecated,
    }),
  };
}

/**
 * An object, or a map of objects, whose fields are attributes with the attribute's own marks. Absent for any
 * other type.
 */
function nestedMessage({
  type,
  fields = {},
  ...marks
}: Attribute): ProtocolMessage<"SchemaObject"> | undefined {
  if (typeof type === "string") return undefined;
  const isMap = "map" in type;
  const object = isMap ? type.map : type;
  if (typeof object === "string" || !("object" in object)) return undefined;
  return {
    nesting: isMap ? Nesting.MAP : Nesting.SINGLE,
    attributes: Object.entries(object.object).map(([name, field]) =>
      attributeMessage(name, { ...marks, type: field, description: fields[name] ?? "" }),
    ),
  };
}

/** A type in Terraform's JSON notation, such as `["map","string"]`, as bytes. */
export function typeExpression(type: Type): Uint8Array {
  return Buffer.from(JSON.stringify(expressionOf(type)));
}

function expressionOf(type: Type): unknown {
  if (typeof type === "string") return type;
  if ("list" in type) return ["list", expressionOf(type.list)];
  if ("set" in type) return ["set", expressionOf(type.set)];
  if ("map" in type) return ["map", expressionOf(type.map)];
  return [
    "object",
    Object.fromEntries(Object.entries(type.object).map(([name, field]) => [name, expressionOf(field)])),
  ];
}
