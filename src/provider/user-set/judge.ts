import type { Diagnostic } from "../../plugin";
import {
  judgeRemovals,
  UserLookUps,
  type DirectoryFailure,
  type Judgement,
  type UserDirectory,
  type UserIdType,
} from "../../users";
import type { ProviderContext } from "../context";
import { diagnosticOf } from "../settings";
import type { PrivateData } from "./private-data";

/** A change of a set, as plan and apply see it. */
export interface PlannedRemoval {
  readonly type: UserIdType;
  readonly prior: ReadonlyMap<string, string>;
  readonly declared: ReadonlyMap<string, string>;
  readonly retained: readonly string[];
  readonly data: PrivateData;
  readonly context: ProviderContext;
  /** For how long look-ups may lag behind, in milliseconds; given at apply, where the set forgets who is gone. */
  readonly confirmWithinMs?: number | undefined;
}

/** What becomes of those who leave, with an error where the look-ups behind it must not be believed. */
export async function judge({
  data: { bindings, keptByPlan },
  context,
  confirmWithinMs,
  ...change
}: PlannedRemoval): Promise<Judgement & { readonly doubts: readonly Diagnostic[] }> {
  const { protectedUsers, pool, stop, progress, limits } = context;
  const lookUps = pool?.lookUps ?? new UserLookUps(NOT_KNOWN_YET);
  const judgement = await judgeRemovals(
    { ...change, protectedUsers, bindings, seenBefore: bindings, ...(keptByPlan && { keptByPlan }) },
    lookUps,
    { stop, progress, ...(confirmWithinMs !== undefined && { confirmWithinMs }) },
  );
  const { wrongPool } = judgement;
  return { ...judgement, doubts: wrongPool && !limits.acceptEmptyPool ? [diagnosticOf(wrongPool)] : [] };
}

const failure: DirectoryFailure = {
  message: "The provider's configuration is not known before apply, so nobody could be looked up.",
  reach: "every_call",
  effect: "none",
  transient: true,
};

/** Stands for the directory while the provider's configuration refers to something not known before apply. */
const NOT_KNOWN_YET: UserDirectory = {
  parallelism: 1,
  findUsers: () => Promise.resolve({ ok: false, failure }),
  findUser: () => Promise.resolve({ ok: false, failure }),
  deleteUsers: () => Promise.resolve({ ok: false, failure }),
};
