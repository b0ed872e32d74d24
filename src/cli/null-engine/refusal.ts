import { type Declaration } from "../../handover";
import { checkDeletionLimit, type OperatorLimits } from "../../operator";
import { checkGuards, countDeletions, type Judgement, type Message } from "../../users";

/**
 * Why a removal must not be carried out, one message each; none where it may.
 *
 * @param heldBefore how many users the set held
 * @param ledger enters this set's deletions and gives the total of all sets of the run so far
 */
export function refusals(
  { removals, wrongPool }: Judgement,
  { maxDeletions, maxDeletionsPercent }: Declaration,
  heldBefore: number,
  limits: OperatorLimits,
  ledger: (deletions: number) => number,
): Message[] {
  const deletions = countDeletions(removals);
  const violation = checkGuards({
    deletions,
    heldBefore,
    ...(maxDeletions !== undefined && { maxDeletions }),
    ...(maxDeletionsPercent !== undefined && { maxDeletionsPercent }),
    guardsGiven: maxDeletions !== undefined || maxDeletionsPercent !== undefined,
  });
  return [
    ...(wrongPool && !limits.acceptEmptyPool ? [wrongPool] : []),
    ...(violation ? [violation] : []),
    ...(deletions > 0 && limits.maxDeletions !== undefined
      ? checkDeletionLimit(ledger(deletions), limits)
      : []),
  ];
}
