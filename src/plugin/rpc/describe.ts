import type { Message } from "../protocol/messages";
import { schemaMessage } from "../protocol/schema";
import type { Session } from "./session";

const CAPABILITIES: Message<"ServerCapabilities"> = {
  // Terraform plans destructions too, so that guards and warnings have their say.
  planDestroy: true,
  // Terraform may use a schema that it got from another process of this provider.
  getProviderSchemaOptional: true,
  moveResourceState: false,
};

/** The names of what the provider has. */
export function getMetadata({ provider }: Session): Message<"GetMetadataResponse"> {
  return {
    serverCapabilities: CAPABILITIES,
    resources: Object.keys(provider.resources).map((typeName) => ({ typeName })),
  };
}

/** The schemas of the provider's configuration and of its resources. */
export function getProviderSchema({ provider }: Session): Message<"GetProviderSchemaResponse"> {
  return {
    serverCapabilities: CAPABILITIES,
    provider: schemaMessage(provider.schema),
    resourceSchemas: Object.fromEntries(
      Object.entries(provider.resources).map(([name, { schema }]) => [name, schemaMessage(schema)]),
    ),
  };
}
