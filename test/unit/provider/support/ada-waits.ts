import { expect } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { ModelDirectory } from "../../../support/users/model-directory";
import { emailOf, idOf, people, person } from "../../../support/users/people";
import { SuspendingStack } from "./suspending-stack";

/** Four people of a set that suspends first, of whom Ada leaves. */
export const everybody = people(1, 4);
export const ada = person(1);
export const withoutAda = people(2, 4);
export const ADA = emailOf(1);
export const BOB = emailOf(2);

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

/** Ada's status in the pool. */
export function adaStatus({ directory }: SuspendingStack): string | undefined {
  return directory.get(ada.userId)?.status;
}
