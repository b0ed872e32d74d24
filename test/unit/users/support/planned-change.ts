import {
  type DirectoryUser,
  PlannedSets,
  ProtectedUsers,
  type SetChange,
  UserIdType,
} from "../../../../src/users";
import {
  type ChangePlan,
  type ChangeToPlan,
  planChange,
  type PlanningContext,
} from "../../../../src/users/change/plan-change";
import { LOST } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { emailOf, person } from "../../../support/users/people";
import { SUSPENDED, waitingUser } from "../../../support/users/waiting";
import { contextOn, unlimitedChange } from "./set-change";

export const ada = person(1, SUSPENDED);
export const bob = person(2);
export const eve = person(3);
export const usersOf = (...users: readonly DirectoryUser[]) =>
  new Map(users.map((user) => [emailOf(user), "L"]));
export const boundTo = (...users: readonly DirectoryUser[]) =>
  new Map(users.map((user) => [emailOf(user), user.userId]));
export const ADA = emailOf(ada);
export const BOB = emailOf(bob);

/** Ada, who left before. */
export const waits = waitingUser(ada, { label: "Ada" });

/** A change to plan, and what surrounds it. */
export interface Case {
  readonly change?: Partial<SetChange>;
  readonly users?: readonly DirectoryUser[];
  /** Whose look-ups by system user id fail. */
  readonly fails?: readonly DirectoryUser[];
  readonly context?: Partial<PlanningContext>;
  readonly given?: Partial<ChangeToPlan>;
}

/** Plans the change of a set that suspends first. By default, Bob is in the set before and after the change, and Ada waits. */
export async function plan({
  change = {},
  users = [ada, bob, eve],
  fails = [],
  context = {},
  given = {},
}: Case): Promise<ChangePlan> {
  const directory = new ModelDirectory(users);
  directory.fault = ({ ids }) =>
    fails.some(({ userId }) => ids.includes(userId)) ? { failure: LOST } : undefined;
  const whole = unlimitedChange({
    type: UserIdType.EMAIL,
    prior: usersOf(bob),
    declared: usersOf(bob),
    bindings: boundTo(bob),
    suspendDays: 14,
    waiting: [waits],
    ...change,
  });
  return await planChange(
    {
      change: whole,
      isChanged: false,
      isRefreshed: true,
      isOpen: false,
      readBindings: () => new Map(),
      rebound: new Set(),
      ...given,
    },
    {
      ...contextOn(directory),
      operatorProtected: ProtectedUsers.of(new Map()),
      protectedUsersKnown: true,
      pool: "https://pool.example.com",
      plannedSets: new PlannedSets(),
      ...context,
    },
  );
}

/** Ada is declared again. */
export const back = { declared: usersOf(ada, bob), bindings: boundTo(ada, bob) };
/** Eve leaves. */
export const leaves = { declared: usersOf(bob), prior: usersOf(bob, eve), bindings: boundTo(bob, eve) };
/** Ada, of whom nobody knows who suspended her. */
export const unproven = { ...waits, isOurs: false };
