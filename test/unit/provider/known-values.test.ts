import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { UserIdType } from "../../../src/users";
import { LOST } from "../../support/users/failures";
import { type Fault, ModelDirectory } from "../../support/users/model-directory";
import { emailOf, people } from "../../support/users/people";
import { SuspendingStack } from "./support/suspending-stack";

const everybody = people(1, 3);
const ids = everybody.map(emailOf);
const some = fc.subarray(ids);

/** How the look-ups of those who wait fail at plan, and no longer at apply. */
const blind = fc.constantFrom<Fault>(undefined, undefined, { failure: LOST }, { omit: true });

const story = fc.record({
  /** Who stays, while an apply suspends the others; its calls may be lost, and look-ups may be late until the last apply. */
  before: some,
  call: fc.constantFrom<Fault>(undefined, undefined, { failure: LOST, after: true }, { failure: LOST }),
  isLate: fc.boolean(),
  /** Who is declared in a second change, and then in the last one. */
  between: fc.option(some),
  after: some,
  days: fc.constantFrom(0, 20),
  blind,
  withoutRefresh: fc.boolean(),
  /** Protected users, who may be known only at apply. */
  protectedIds: some,
  protectedAtApply: fc.boolean(),
  /** Whether nobody can be looked up before the apply. */
  hostAtApply: fc.constantFrom(false, false, true),
  retained: some,
});

test("what a plan knows of any attribute, nothing changes that the apply learns", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (given) => {
      const directory = new ModelDirectory(everybody);
      const stack = new SuspendingStack(directory);
      const seeAll = (): void => {
        directory.catchUp();
        directory.showsOldStatusFor = 0;
        directory.fault = () => undefined;
      };
      await stack.declareIds(ids);
      directory.fault = ({ method }) => (method === "setStatus" ? given.call : undefined);
      if (given.isLate) directory.showsOldStatusFor = 1000;
      await stack.declareIds(given.before);
      directory.fault = () => undefined;
      if (given.between) await stack.declareIds(given.between);
      // No look-up is a day late.
      if (given.days > 0) seeAll();
      directory.letPass(given.days);
      const { protectedAtApply, hostAtApply, withoutRefresh, retained } = given;
      if (withoutRefresh)
        directory.fault = ({ type, method }) =>
          type === UserIdType.USER_ID && method.startsWith("find") ? given.blind : undefined;
      const { diagnostics } = await stack.declareIds(given.after, {
        withoutRefresh,
        protectedAtApply,
        hostAtApply,
        retained,
        protectedEmails: given.protectedIds,
        beforeApply: seeAll,
      });
      const refused = diagnostics.filter(({ summary }) => summary.startsWith("Provider produced"));
      expect(refused.map(({ detail }) => detail)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
