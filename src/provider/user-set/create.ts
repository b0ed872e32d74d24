import { randomUUID } from "node:crypto";
import { type Diagnostic, type StateResponse } from "../../plugin";
import { type Resolution, checkpointOf, count } from "../../users";
import { notKnownAtApply, type Change } from "./change";
import { idTypeOf, usersOf } from "./model";
import { encodePrivateData, NO_PRIVATE_DATA, type PrivateData } from "./private-data";
import type { userSetSchema } from "./schema";
import { setWarning } from "./set-warning";

/**
 * Takes a set into the state. Nobody is deleted, so a look-up that fails is no reason to fail: a failed create
 * would taint the set, and a tainted set loses its removals. The next refresh finds what could not be looked up
 * now.
 */
export async function createUserSet({
  planned,
  context,
}: Change): Promise<StateResponse<typeof userSetSchema>> {
  const users = usersOf(planned);
  if (!users) return notKnownAtApply(null, new Uint8Array());
  const type = idTypeOf(planned);
  const ids = [...users.keys()];
  const resolutions = context.pool
    ? await context.pool.lookUps.resolve(ids, type, {
        stop: context.stop,
        onProgress: context.progress.begin("creation: looking users up"),
      })
    : new Map<string, Resolution>();
  const found = [...resolutions].flatMap(([id, resolution]) =>
    resolution.kind === "found" ? [[id, resolution.userId] as const] : [],
  );
  const diagnostics = notLookedUp(ids, resolutions);
  const check = diagnostics.length === 0 ? context.pool?.incremental : undefined;
  const data: PrivateData = {
    ...NO_PRIVATE_DATA,
    bindings: new Map(found),
    ...(check && { checkpoint: checkpointOf(check) }),
  };
  const missing = ids.filter((id) => resolutions.get(id)?.kind === "absent").sort();
  return {
    state: {
      ...planned,
      id: randomUUID(),
      drift: diagnostics.length > 0 ? null : { missing, survivors: [] },
    },
    privateData: encodePrivateData(data, ids, type),
    diagnostics,
  };
}

function notLookedUp(ids: readonly string[], resolutions: ReadonlyMap<string, Resolution>): Diagnostic[] {
  const undecided = ids.filter((id) => (resolutions.get(id)?.kind ?? "undecided") === "undecided");
  if (undecided.length === 0) return [];
  const first = resolutions.get(undecided[0] ?? "");
  const why = first?.kind === "undecided" ? `${first.failure.message} ` : "";
  return [
    setWarning(
      "The set was created without looking its users up",
      `${why}${undecided.length} of ${count(ids.length, "user")} could not be looked up, so drift is not known yet. The next refresh looks again.`,
      undecided,
    ),
  ];
}
