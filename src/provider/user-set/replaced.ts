import { createHash } from "node:crypto";
import { compact } from "../../lists";
import { error, type Diagnostic } from "../../plugin";
import { count, describeIds, diffUserSets } from "../../users";
import type { ProviderContext } from "../context";
import { datesIn, retainedOf, usersOf } from "./model";
import type { UserSetModel } from "./schema";

/*
 * An engine can replace a set of its own accord: with -replace, or replace_triggered_by. It plans that in two
 * halves, an update of the state and then a creation without it, and the first half is a plan like any other.
 * Of the second half it shows errors, but no warnings. What tells the second half from the creation of a new
 * set is the private data, which the engine hands over from the first. Seen on Terraform 1.11.4 and OpenTofu
 * 1.12.6.
 *
 * So a replacement that loses somebody is refused: nothing else could say who it is before the apply (P12 of
 * docs/guides/trust.md).
 */

/** Notes the people that the set of an update would lose, if the plan of its creation follows. */
export function noteIfReplaced(
  prior: UserSetModel,
  proposed: UserSetModel,
  privateData: Uint8Array,
  { lostIfReplaced }: ProviderContext,
): void {
  const users = usersOf(prior) ?? new Map<string, string>();
  const retained = new Set(retainedOf(proposed));
  const { removed } = diffUserSets(users, usersOf(proposed) ?? users);
  const removals = new Map([...removed].filter(([id]) => !retained.has(id)));
  const waiting = datesIn(prior).map(([id]) => id);
  if (removals.size + waiting.length > 0) lostIfReplaced.set(keyOf(privateData), { removals, waiting });
}

/**
 * Refuses the second half of a replacement if the set would lose somebody.
 *
 * @param privateData what the engine hands over: that of the update, and none for a new set
 */
export function refuseReplacement(
  privateData: Uint8Array,
  { lostIfReplaced }: ProviderContext,
): Diagnostic[] {
  const lost = privateData.length > 0 ? lostIfReplaced.get(keyOf(privateData)) : undefined;
  if (!lost) return [];
  const { removals, waiting } = lost;
  const whom = compact(
    removals.size > 0 && count(removals.size, "removal"),
    waiting.length > 0 && count(waiting.length, "suspended user"),
  ).join(" and ");
  const said = compact(
    "Because of -replace or replace_triggered_by, the engine would replace the set. A replaced set deletes nobody, whatever the other messages of this plan say.",
    removals.size > 0 &&
      `These would leave the set, and keep their accounts:\n${describeIds([...removals.keys()], removals)}`,
    waiting.length > 0 &&
      `These would stay suspended, and nothing here would delete or reactivate them:\n${describeIds(waiting)}`,
    "Nobody was deleted. Plan without the replacement. To give up the set nevertheless, destroy it: that plan names its users, too.",
  );
  return [error(`The set is replaced, which would lose ${whom}`, said.join("\n\n"))];
}

/** The private data of a large set takes a megabyte. */
function keyOf(privateData: Uint8Array): string {
  return createHash("sha256").update(privateData).digest("base64");
}
