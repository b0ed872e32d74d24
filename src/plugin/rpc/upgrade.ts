import { error } from "../diagnostic";
import type { Message } from "../protocol/messages";
import { parseJson } from "../values/json";
import { encodeModel, modelFromJson } from "../values/model";
import { answer } from "./answer";
import { DiagnosticError } from "./failure";
import type { AnyResource, Session } from "./session";

/**
 * Reads a state file's object. It holds what some version of the schema had: attributes that are gone are left out,
 * attributes that are new are null.
 */
export function upgradeResourceState(
  session: Session,
  request: Message<"UpgradeResourceStateRequest">,
): Promise<Message<"UpgradeResourceStateResponse">> {
  const { typeName = "", version = 0, rawState } = request;
  return answer(
    session,
    "UpgradeResourceState",
    () => {
      const resource = session.resource(typeName);
      if (!rawState?.json?.length)
        throw unreadable(typeName, "it is in the format of Terraform 0.11 or earlier");
      const state = upgrade(resource, typeName, version, parseJson(rawState.json));
      return { upgradedState: encodeModel(resource.schema, modelFromJson(resource.schema, state)) };
    },
    {},
  );
}

function upgrade(resource: AnyResource, typeName: string, version: number, state: unknown): unknown {
  const current = resource.schema.version;
  if (version === current) return state;
  if (version > current) {
    throw unreadable(
      typeName,
      `it was written by a newer version of this provider (schema ${version}, this one has ${current}). ` +
        "Use that version or a later one",
    );
  }
  if (!resource.upgradeState) {
    throw unreadable(
      typeName,
      `its schema ${version} is older than ${current} and this provider has no upgrade for it`,
    );
  }
  return resource.upgradeState(version, state);
}

function unreadable(typeName: string, why: string): DiagnosticError {
  return new DiagnosticError(
    error(`The state of ${typeName} cannot be read`, `The state cannot be used: ${why}.`),
  );
}
