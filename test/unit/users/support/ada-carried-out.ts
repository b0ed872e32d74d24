import { type ChangeContext, type DirectoryUser, type SetChange, UserIdType } from "../../../../src/users";
import { carryOut, type ChangeCalls } from "../../../../src/users/change/carry-out";
import { type Leaver } from "../../../../src/users/fate";
import { ModelDirectory } from "../../../support/users/model-directory";
import { emailOf, person } from "../../../support/users/people";
import { SUSPENDED, waitingUser } from "../../../support/users/waiting";
import { contextOn, unlimitedChange } from "./set-change";

export const ada = person(1);
/** The id by which the set declares her. */
export const ADA = emailOf(ada);
/** What the set remembers of her while she waits. */
export const waiting = waitingUser(ada, { deleteFrom: "2026-01-01T00:00:00Z" });
const NOBODY = {
  leaving: [],
  waiting: [],
  lockedOut: [],
  resolutions: new Map(),
  refusals: [],
  isRightPool: true,
};

/** Ada, whom somebody has suspended. */
export const suspended: DirectoryUser = { ...ada, ...SUSPENDED };

/** She is deleted. */
export const deletion = { kind: "delete", userId: ada.userId } as const;
/** Nothing happened to her. */
export const unchanged = { kind: "unchanged" };

/** What was decided for Ada, and where the change lists her. */
export interface Story {
  readonly pool: ModelDirectory;
  /** `leaving`: with this change. `waiting`: since an earlier one. */
  readonly list: "leaving" | "waiting";
  readonly leaver: Pick<Leaver, "fate"> & Partial<Leaver>;
  readonly change?: Partial<SetChange>;
  readonly context?: Partial<ChangeContext>;
  /** `undefined`, as a value: no pool can be reached yet. */
  readonly calls?: Partial<ChangeCalls> | undefined;
}

/** Carries out the fate that was decided for Ada. */
export async function carryOutForAda({ pool, list, leaver, change, context, ...given }: Story) {
  const whole = unlimitedChange({ type: UserIdType.EMAIL, prior: new Map(), declared: new Map(), ...change });
  const calls = {
    directory: pool,
    maxAttempts: 1,
    confirmWithinMs: 0,
    sleep: () => Promise.resolve(),
    ...given.calls,
  };
  const endings = await carryOut(
    whole,
    { ...NOBODY, [list]: [{ id: ADA, label: "", ...leaver }] },
    contextOn(pool, context),
    "calls" in given && !given.calls ? undefined : calls,
  );
  return endings[list].map(({ fate, ending }) => ({ fate, ending }));
}
