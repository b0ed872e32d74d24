import type { Attribute, Schema, Type } from "../types";
import type { Message } from "./messages";

/** A schema as Terraform reads it. */
export function schemaMessage(schema: Schema): Message<"Schema"> {
  return {
    version: schema.version,
    block: {
      version: schema.version,
      description: schema.description,
      attributes: Object.entries(schema.attributes).map(([name, attribute]) =>
        attributeMessage(name, attribute),
      ),
    },
  };
}

function attributeMessage(name: string, attribute: Attribute): Message<"SchemaAttribute"> {
  return {
    name,
    type: Buffer.from(JSON.stringify(typeExpression(attribute.type))),
    description: attribute.description,
    required: attribute.required ?? false,
    optional: attribute.optional ?? false,
    computed: attribute.computed ?? false,
    sensitive: attribute.sensitive ?? false,
  };
}

/** A type in Terraform's JSON notation, such as `["map","string"]`. */
function typeExpression(type: Type): unknown {
  if (typeof type === "string") return type;
  if ("list" in type) return ["list", typeExpression(type.list)];
  if ("set" in type) return ["set", typeExpression(type.set)];
  if ("map" in type) return ["map", typeExpression(type.map)];
  return [
    "object",
    Object.fromEntries(Object.entries(type.object).map(([name, field]) => [name, typeExpression(field)])),
  ];
}
