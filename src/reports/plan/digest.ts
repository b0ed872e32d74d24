import { createHash, createHmac } from "node:crypto";
import type { SetChange } from "./set-change";
import { leaversOf } from "./leaver";

/**
 * Sums the removals of a plan up in one line, to hold an approved plan against the one that is applied. Which
 * sets are let go, and which are not known, counts too: both can take people out of sight of a review.
 *
 * @param key makes it one that nobody can find by trying likely ids out; for places that the ids must not reach
 * @returns such as `sha256:…` or, with a key, `hmac-sha256:…`; the same for the same removals in any order
 */
export function removalsDigest(changes: readonly SetChange[], key?: string): string {
  const lines = changes.flatMap(linesOf).sort();
  const [name, hash] =
    key === undefined ? ["sha256", createHash("sha256")] : ["hmac-sha256", createHmac("sha256", key)];
  return `${name}:${hash.update(JSON.stringify(lines)).digest("hex")}`;
}

function linesOf(change: SetChange): string[] {
  const { address, action, prior, planned } = change;
  const line = (...fields: readonly string[]) => JSON.stringify([address, ...fields]);
  if (!prior || action === "none" || action === "create") return [];
  if (action === "let_go" || !planned) return [line("let go")];
  if (!planned.usersKnown) return [line("not known")];
  return leaversOf(prior, planned, change.protection).map(({ id, fate }) => line(prior.userIdType, id, fate));
}
