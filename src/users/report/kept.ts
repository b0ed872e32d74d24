import { type Removal, removalsOf } from "../removal/fate";
import { keptGroups } from "./reasons";
import { count, type Message, paragraphs } from "./words";

/**
 * Says who left the set at an apply and stays in GenAuth, and why; removals of other fates are passed over.
 */
export function describeKept(removals: readonly Removal[]): Message {
  const kept = removalsOf(removals, "kept").length;
  return {
    summary: `${count(kept, "user")} left the set and ${kept === 1 ? "stays" : "stay"} in GenAuth`,
    detail: paragraphs(...keptGroups(removals), "The set does not manage them any more."),
  };
}
