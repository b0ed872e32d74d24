import type { Model, Schema } from "../types";

/** What Terraform proposes, with the schema's defaults where the configuration is silent. */
export function withDefaults<S extends Schema>(
  schema: S,
  config: Model<S> | null,
  proposed: Model<S> | null,
): Model<S> | null {
  if (config === null || proposed === null) return proposed;
  const defaults = Object.entries(schema.attributes)
    .filter(([name, attribute]) => attribute.default !== undefined && valueOf(config, name) === null)
    .map(([name, attribute]) => [name, attribute.default]);
  return { ...proposed, ...(Object.fromEntries(defaults) as Partial<Model<S>>) };
}

function valueOf<S extends Schema>(model: Model<S>, name: keyof S["attributes"]): unknown {
  return model[name];
}
