import { expect } from "@jest/globals";
import { type DirectoryUser, UserIdType } from "../../../../src/users";
import { ModelDirectory } from "../../../support/users/model-directory";
import { idOf, people, person } from "../../../support/users/people";
import { SuspendingStack } from "./suspending-stack";

/** Four people of a set that suspends first, of whom Ada leaves. */
export const everybody = people(1, 4);
export const ada = person(1);
export const bob = person(2);
export const eve = person(3);
export const dan = person(4);
export const withoutAda = [bob, eve, dan];
export const ADA = idOf(ada, UserIdType.EMAIL);
export const BOB = idOf(bob, UserIdType.EMAIL);

/** From when Ada is deleted: 14 days after the model's first one, rounded up to midnight. */
export const FIFTEEN_DAYS_LATER = "2026-01-16T00:00:00Z";

/** A set in which Ada waits for the deletion, and the others are declared. */
export async function adaWaits(type = UserIdType.EMAIL): Promise<SuspendingStack> {
  const stack = new SuspendingStack(new ModelDirectory(everybody), type);
  await stack.declare(everybody);
  const { errors } = await stack.declare(withoutAda);
  expect(errors).toEqual([]);
  expect(stack.suspended).toEqual({ [idOf(ada, type)]: FIFTEEN_DAYS_LATER });
  return stack;
}

/** The status of a user in the pool; `undefined` if the user is gone. */
export function statusOf(
  { directory }: SuspendingStack,
  { userId }: Pick<DirectoryUser, "userId">,
): string | undefined {
  return directory.get(userId)?.status;
}

/** How it may end for Ada: her status in GenAuth, and whether the set remembers that she waits. */
export interface End {
  readonly status: string | undefined;
  readonly waits: boolean;
}
export const GONE: End = { status: undefined, waits: false };
export const REACTIVATED: End = { status: "Activated", waits: false };
export const WAITS: End = { status: "Suspended", waits: true };
export const RELEASED: End = { status: "Suspended", waits: false };

/** How it ended for Ada. Whatever happens to her, the others are still there. */
export function endOf(stack: SuspendingStack): End {
  expect(withoutAda.filter(({ userId }) => !stack.directory.has(userId))).toEqual([]);
  return { status: statusOf(stack, ada), waits: ADA in stack.suspended };
}

/** The state loses what the set remembers beside it. */
export function losePrivateData(stack: SuspendingStack): void {
  stack.kept = { ...stack.kept, privateData: new Uint8Array() };
}

/** What a run says of a declared user whom nobody reactivates. */
export const LOCKED_OUT = "1 declared user suspended in GenAuth";
