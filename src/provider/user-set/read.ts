import { error, warning, type Diagnostic, type ReadRequest, type StateResponse } from "../../plugin";
import { refreshSet, UserIdType } from "../../users";
import type { ProviderContext } from "../context";
import { withoutEndings } from "./attributes";
import { changeContextOf } from "./change";
import { toldDiagnostics } from "./diagnostics";
import { decodeMemory, encodeMemory, isReadable } from "./memory-codec";
import { datesIn, idTypeOf, lastDrift, usersOf } from "./model";
import type { UserSetModel, userSetSchema } from "./schema";
import { noteTakenOver } from "./taken-over";

type Request = ReadRequest<typeof userSetSchema, ProviderContext>;
type Response = StateResponse<typeof userSetSchema>;

/**
 * Looks up the ids of the state. `users` stays the same, and `drift` lists the missing ids. An outage is an
 * error and leaves the state unchanged; a warning names ids that could not be looked up. Neither ever looks
 * like a deletion.
 */
export async function readUserSet({ state, privateData, context }: Request): Promise<Response> {
  const isTakenOver = noteTakenOver(state, privateData, context);
  context.refreshed.add(state.id);
  if (!context.pool) return warnNotRefreshed(state, privateData);
  if (!isReadable(privateData)) return warnUnreadable(state, privateData);

  const type = idTypeOf(state);
  const users = usersOf(state) ?? new Map<string, string>();
  const refreshed = await refreshSet(
    {
      type,
      users,
      memory: decodeMemory(privateData, users.keys()),
      lastDrift: lastDrift(state),
      deletionDates: new Map(datesIn(state)),
    },
    changeContextOf(context, false),
  );
  if ("refusal" in refreshed) {
    const { summary, detail } = refreshed.refusal;
    return { state, privateData, diagnostics: [error(summary, detail)] };
  }
  return {
    state: {
      ...withoutEndings(state),
      // A null_resource was in no pool with a name, so this is no change of it.
      ...(isTakenOver && { user_pool_name: context.userPoolName }),
      drift: refreshed.drift,
    },
    privateData: encodeMemory(refreshed.memory, users.keys(), type),
    diagnostics: [...warnBindingsLost(state, privateData), ...toldDiagnostics(refreshed.told)],
  };
}

/**
 * Warns if a set that was applied before has no private data: the engine stores none if the provider is
 * killed during an apply (seen on Terraform 1.11.4 and OpenTofu 1.12.6). An import has none either, but no
 * drift yet.
 */
function warnBindingsLost(state: UserSetModel, privateData: Uint8Array): Diagnostic[] {
  if (privateData.length > 0 || lastDrift(state) === undefined || idTypeOf(state) === UserIdType.USER_ID)
    return [];
  const detail =
    "The state has no private data of this set. Terraform drops it if the provider is killed during an apply. Each id now counts as the user that it names at present, even if it named somebody else before, and users that the interrupted apply deleted count as never found. Check the name of each user before you approve a deletion, or restore the state from before that apply and plan again.";
  return [warning("The set no longer knows which users its ids named before", detail)];
}

/**
 * Only a warning, so that a set with damaged data can still be destroyed or removed, which deletes nobody. A
 * plan that changes its users also reads the data, and fails.
 */
function warnUnreadable(state: Request["state"], privateData: Uint8Array): Response {
  const detail =
    "Its private data in the state is damaged, or was written by a later version of the GenAuth provider. Nothing was looked up, and no plan can add or remove users. Use that version, restore the state from a backup, or destroy the set with -refresh=false, which deletes nobody, and create it again.";
  const diagnostics = [warning("The set cannot be read, and was not refreshed", detail)];
  return { state, privateData, diagnostics };
}

function warnNotRefreshed(state: Request["state"], privateData: Uint8Array): Response {
  const detail =
    "The provider's configuration refers to a value that is not known before apply, so no user could be looked up. Drift is as of the last refresh.";
  const diagnostics = [warning("The set was not refreshed", detail)];
  return { state: withoutEndings(state), privateData, diagnostics };
}
