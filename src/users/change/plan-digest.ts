import { createHash } from "node:crypto";
import { count, describeIds, type Message, paragraphs } from "../wording";
import type { Decision } from "./decide";
import type { SetChange } from "./set-change";
import { type Leaver, mayRevoke, meaningOf, wordsOfRevocation } from "./fate";

/**
 * What a reviewer approved with the plan of a set. Where the engine hands it on, the plan that the apply makes is compared with it, so that one
 * message names everybody for whom the two differ. Elsewhere the engine itself compares the planned attributes.
 */
export interface PlanDigest {
  /** Stands for the declared users with their labels; absent if a label was not known yet. */
  readonly declared?: string;
  /** The ids whose users the apply may delete or suspend, in the order of the plan. */
  readonly revoking: readonly string[];
  /** The other removed ids, and those who are due, still undeclared, and not deleted by the apply. */
  readonly keeping: readonly string[];
  /** Whether anything may change for the users who wait. */
  readonly changesWaiting: boolean;
  /** The ids of those who are declared again and may be reactivated; absent in a plan that does not say it. */
  readonly reactivating?: readonly string[] | undefined;
  /** The other ids of users who are declared again. */
  readonly staying?: readonly string[] | undefined;
}

/** Somebody whom a set suspended, or may have suspended, and who is declared again. */
export interface ReturningUser {
  /** The id by which the set suspended the user. */
  readonly id: string;
  /** The system user id. */
  readonly userId: string;
  /** Whether the change reactivates the user: certainly, or perhaps. */
  readonly mayReturn: boolean;
}

/** What a plan shows of a change, for `PlanDigest`. */
export interface ShownPlan
  extends
    Pick<PlanDigest, "changesWaiting">,
    Pick<Decision, "leaving" | "waiting">,
    Pick<SetChange, "declared"> {
  /** Whether all labels are known. */
  readonly labelsKnown: boolean;
  /** Those who are declared again; absent while it is not known who that is. */
  readonly returning?: readonly ReturningUser[] | undefined;
}

/** What binds the apply of a plan. */
export function digestPlan(shown: ShownPlan): PlanDigest {
  const { declared, labelsKnown, changesWaiting, returning } = shown;
  const leavers = leaversIn(shown);
  const idsOf = (some: readonly { readonly id: string }[]): string[] => some.map(({ id }) => id);
  return {
    declared: labelsKnown ? digestOfUsers(declared) : undefined,
    revoking: idsOf(leavers.filter(mayRevoke)),
    keeping: idsOf(leavers.filter((leaver) => !mayRevoke(leaver) && !declared.has(leaver.id))),
    changesWaiting,
    reactivating: returning && idsOf(returning.filter(({ mayReturn }) => mayReturn)),
    staying: returning && idsOf(returning.filter(({ mayReturn }) => !mayReturn)),
  };
}

/** Stands for users with their labels, in any order. */
function digestOfUsers(users: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256");
  for (const id of [...users.keys()].sort()) hash.update(JSON.stringify([id, users.get(id) ?? ""]));
  return hash.digest("hex").slice(0, 32);
}

/**
 * Refuses the plan that an apply makes, if it deletes, suspends or changes anybody whom the approved plan does not, or if other users are
 * declared. Whoever is spared in addition is no difference.
 *
 * @returns one refusal that names them all; `undefined` if the approved plan covers the change
 */
export function refuseUnapproved(approved: PlanDigest, now: ShownPlan): Message | undefined {
  const declared = digestOfUsers(now.declared);
  const revoking = new Set(approved.revoking);
  const keeping = new Set(approved.keeping);
  const leavers = leaversIn(now);
  const revoked = leavers.filter((leaver) => mayRevoke(leaver) && !revoking.has(leaver.id));
  const kept = revoked.filter(({ id, waiting }) => keeping.has(id) || waiting?.isDue);
  const leaving = now.leaving.filter(({ id }) => !revoking.has(id) && !keeping.has(id));
  const again = [...revoking, ...keeping].filter((id) => now.declared.has(id));
  const changed =
    now.changesWaiting && !approved.changesWaiting
      ? now.waiting.filter((leaver) => leaver.fate.kind === "reactivate" || meaningOf(leaver).forgets)
      : [];
  const mayReturn = new Set(approved.reactivating);
  const returned =
    approved.reactivating && changed.length === 0
      ? now.waiting.filter(({ id, fate }) => fate.kind === "reactivate" && !mayReturn.has(id))
      : [];
  const isOtherSet = now.labelsKnown && (approved.declared ?? declared) !== declared;
  const groups = [
    group(kept, `The approved plan keeps these. Now they would be ${wordsOfRevocation(kept).done}:`),
    group(leaving, "The approved plan leaves these in the set. Now they would leave it:"),
    group(
      again.map((id) => ({ id, label: now.declared.get(id) ?? "" })),
      "These leave the set in the approved plan, and are declared again:",
    ),
    group(
      changed,
      "These wait for their deletion, and the approved plan changes nothing for them. Now they would be reactivated, or no longer wait:",
    ),
    group(returned, "The approved plan does not reactivate these. Now they would be reactivated:"),
  ].filter((text) => text !== "");
  if (groups.length === 0 && !isOtherSet) return undefined;
  return {
    summary: summaryOf(revoked, changed.length + returned.length),
    detail: paragraphs(
      ...(groups.length > 0
        ? groups
        : ["The declared users, or their labels, are not those of the approved plan."]),
      "Nobody in this set was deleted, suspended or reactivated. Something has changed since the plan: the file of protected users, a file that the configuration reads, or the user pool. Plan again, and review the new plan.",
    ),
  };
}

function summaryOf(revoked: readonly Leaver[], changed: number): string {
  const { verb, done } = wordsOfRevocation(revoked);
  if (revoked.length > 0)
    return `${count(revoked.length, "user")} would be ${done} whom the approved plan does not ${verb}`;
  return changed > 0
    ? `${count(changed, "suspended user")} would change whom the approved plan leaves as they are`
    : "The declared users are not those of the approved plan";
}

/** All removed ids, and those whose deletion is due. */
function leaversIn({ leaving, waiting }: ShownPlan): Leaver[] {
  return [...leaving, ...waiting.filter((leaver) => leaver.waiting?.isDue)];
}

function group(leavers: readonly Pick<Leaver, "id" | "label">[], head: string): string {
  if (leavers.length === 0) return "";
  const labels = new Map(leavers.map(({ id, label }) => [id, label]));
  return `${head}\n${describeIds([...labels.keys()], labels)}`;
}
