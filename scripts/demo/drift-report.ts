import type { PoolUser } from "../../src/emulator";
import type { SetInState, EngineContext } from "./engine-context";

type Drift = NonNullable<SetInState["drift"]>;

/**
 * Prints the result of a removal from the state.
 *
 * @param removed the people removed from the declared list
 */
export async function reportDrift(context: EngineContext, removed: readonly PoolUser[]): Promise<Drift> {
  const { users, drift } = await context.userSet();
  if (drift === null) throw new Error("The state contains no drift.");
  const gone = removed.filter(({ email = "" }) => !(email in users));
  context.output.table(
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
