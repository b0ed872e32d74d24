import type { PoolUser } from "../../src/emulator";
import type { SetInState, Stage } from "./stage";

type Drift = NonNullable<SetInState["drift"]>;

/**
 * Shows what came of a removal, as the state has it.
 *
 * @param removed who was taken out of the declared list
 */
export async function reportDrift(stage: Stage, removed: readonly PoolUser[]): Promise<Drift> {
  const { users, drift } = await stage.userSet();
  if (drift === null) throw new Error("The state does not say what differs.");
  const gone = removed.filter(({ email = "" }) => !(email in users));
  stage.voice.output(
    [
      `removed and gone:              ${gone.length} of ${removed.length}`,
      `removed, but still in GenAuth: ${list(drift.survivors)}`,
      `declared, but not in GenAuth:  ${list(drift.missing)}`,
    ].join("\n"),
  );
  return drift;
}

function list(ids: readonly string[]): string {
  return ids.length === 0 ? "nobody" : ids.join(", ");
}
