import { error, UNKNOWN, type Diagnostic, type PlanRequest } from "../../plugin";
import { approvalOf, refuseUnapproved, type ShownPlan } from "../../users";
import type { ProviderContext } from "../context";
import { notesIn, type PlanNotes } from "./memory-codec";
import { usersOf } from "./model";
import type { UserSetModel, userSetSchema } from "./schema";

type Request = Pick<
  PlanRequest<typeof userSetSchema, ProviderContext>,
  "approvedPrivateData" | "keepsPrivateData"
>;

/** What a plan that somebody approves leaves for its apply, or why the plan of an apply is refused. */
export interface Comparison extends Pick<PlanNotes, "approved"> {
  readonly refused: readonly Diagnostic[];
}

/**
 * Compares the plan that an apply makes with the approved one, on an engine that hands the private data of that one on. On any other engine, and for
 * a plan whose users were not known, this does nothing: the engine compares the planned attributes.
 *
 * @param planned the state that this plan shows
 * @param shown the change that it shows; absent for a new set, from which nobody leaves
 */
export function compareWithApproved(
  { approvedPrivateData, keepsPrivateData = false }: Request,
  planned: UserSetModel,
  shown: Pick<ShownPlan, "change" | "decision"> | undefined = creationOf(planned),
): Comparison {
  if (!keepsPrivateData || !shown) return { refused: [] };
  const now: ShownPlan = {
    ...shown,
    labelsKnown: labelsKnown(planned),
    changesWaiting: planned.suspended === UNKNOWN,
    ...returningIn(planned),
  };
  if (!approvedPrivateData) return { approved: approvalOf(now), refused: [] };
  const { approved } = notesIn(approvedPrivateData);
  const difference = approved && refuseUnapproved(approved, now);
  return { refused: difference ? [error(difference.summary, difference.detail)] : [] };
}

/** The ids of those who are declared again, by whether they may be reactivated; none while they are not known. */
function returningIn({ reactivations }: UserSetModel): Pick<ShownPlan, "reactivating" | "staying"> {
  if (reactivations === UNKNOWN) return {};
  const elements = [...(reactivations ?? [])];
  const idsOf = (isOpen: boolean): string[] =>
    elements.flatMap(([id, element]) =>
      (element === UNKNOWN || element?.outcome === UNKNOWN) === isOpen ? [id] : [],
    );
  return { reactivating: idsOf(true), staying: idsOf(false) };
}

function creationOf(planned: UserSetModel): Pick<ShownPlan, "change" | "decision"> | undefined {
  const declared = usersOf(planned);
  return declared && { change: { prior: new Map(), declared }, decision: { leaving: [], waiting: [] } };
}

function labelsKnown({ users }: UserSetModel): boolean {
  return users instanceof Map && [...users.values()].every((label) => label !== UNKNOWN);
}
