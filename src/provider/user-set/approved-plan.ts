import { error, UNKNOWN, type Diagnostic, type PlanRequest } from "../../plugin";
import { type ApprovedPlan, type ChangePlan, approveOrRefuse, type SetChange } from "../../users";
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
  shown: Shown | undefined = creationOf(planned),
): Comparison {
  if (!keepsPrivateData || !shown) return { refused: [] };
  const approved = approvedPrivateData && notesIn(approvedPrivateData).approved;
  if (approvedPrivateData && !approved) return { refused: [] };
  const now = {
    ...shown,
    labelsKnown: labelsKnown(planned),
    changesWaiting: planned.suspended === UNKNOWN,
    ...returningIn(planned),
  };
  const compared = approveOrRefuse(now, approved);
  if ("approved" in compared) return { ...compared, refused: [] };
  const { refusal } = compared;
  return { refused: refusal ? [error(refusal.summary, refusal.detail)] : [] };
}

/** The ids of those who are declared again, by whether they may be reactivated; none while they are not known. */
function returningIn({ reactivations }: UserSetModel): Pick<ApprovedPlan, "reactivating" | "staying"> {
  if (reactivations === UNKNOWN) return {};
  const elements = [...(reactivations ?? [])];
  const idsOf = (isOpen: boolean): string[] =>
    elements.flatMap(([id, element]) =>
      (element === UNKNOWN || element?.outcome === UNKNOWN) === isOpen ? [id] : [],
    );
  return { reactivating: idsOf(true), staying: idsOf(false) };
}

interface Shown {
  readonly change: Pick<SetChange, "prior" | "declared">;
  readonly decision: Pick<ChangePlan, "leaving" | "waiting">;
}

function creationOf(planned: UserSetModel): Shown | undefined {
  const declared = usersOf(planned);
  return declared && { change: { prior: new Map(), declared }, decision: { leaving: [], waiting: [] } };
}

function labelsKnown({ users }: UserSetModel): boolean {
  return users instanceof Map && [...users.values()].every((label) => label !== UNKNOWN);
}
