import { reportDrift } from "./drift-report";
import {
  SOMETHING_TO_DO,
  applyProposal,
  applySuccessfully,
  checkNothingToDo,
  propose,
  says,
} from "./pipeline";
import type { EngineContext } from "./engine-context";

/** The position of the person that GenAuth refuses to delete: in the middle of a call. */
const REFUSED = 24;

/** GenAuth's reason. */
const HOLD = "This user is under a legal hold and cannot be deleted";

/** Part two: 50 people leave, and GenAuth refuses one of them. */
export async function removePeopleDespiteARefusal(context: EngineContext): Promise<void> {
  const { output, staffFile, emulator } = context;
  output.part("Part two: 50 more leave, and GenAuth refuses one of them");

  output.step(
    "Remove 50 more lines, while one of these people is under a legal hold in GenAuth",
    "GenAuth refuses any call that names this person, so the other 49 in the call are not deleted either.",
  );
  const leaving = staffFile.removeFirst(50);
  const refused = leaving.slice(REFUSED, REFUSED + 1);
  const [{ email: refusedEmail = "", name: refusedName = "" } = {}] = refused;
  const refusal = emulator.faults.add({
    on: "delete-users-batch",
    ids: [refusedEmail],
    then: {
      kind: "answer",
      statusCode: 422,
      message: HOLD,
    },
  });
  output.check(
    `17 people are left in the file; ${refusedName} is held`,
    staffFile.listed.length === 17,
    staffFile.listed,
  );

  output.step(
    "Plan",
    "The plan looks the same as before: GenAuth does not say in advance what it will refuse.",
  );
  const plan = await propose(context);
  output.excerpt(plan.text);
  output.checkDetail("the plan has changes", plan.code === SOMETHING_TO_DO, plan.code);

  output.step(
    "Apply: this is what a failed run looks like",
    "The provider halves the refused call until that person is alone in a call. The other 49 are deleted.",
  );
  const before = emulator.calls.length;
  const apply = await applyProposal(context);
  output.excerpt(apply.text);
  output.check("the run failed, with exit code 1", apply.code === 1, apply.code);
  const named = says(apply, `${refusedEmail} ${refusedName}`);
  output.check(
    `the error names ${refusedEmail}, and gives GenAuth's own words`,
    named && says(apply, HOLD),
    apply.text,
  );
  const survivors = context.stillThere(leaving);
  output.check(
    `49 are gone, and only ${refusedName} is still there`,
    survivors.length === 1 && survivors[0]?.email === refusedEmail,
    survivors,
  );
  const calls = context
    .deletionsSince(before)
    .map(({ ids, statusCode }) => `${ids.length} ${statusCode === 200 ? "deleted" : "refused"}`);
  output.note(`GenAuth received ${calls.length} calls: ${calls.join(", ")}.`);

  output.step(
    "Read the drift report",
    "A user who could not be deleted stays in the state, so that the removal is not forgotten.",
  );
  const drift = await reportDrift(context, leaving);
  output.check(
    "the survivor is recorded",
    drift.survivors.join() === refusedEmail && drift.missing.length === 0,
    drift,
  );

  output.step(
    "Lift the hold, and run again",
    "No manual repair is needed: the next plan shows the one remaining removal.",
  );
  refusal.remove();
  const secondPlan = await propose(context);
  output.quote(secondPlan.text);
  output.check(
    "the plan removes one person, the survivor",
    says(secondPlan, "1 user will be permanently deleted from GenAuth in 1 call") &&
      secondPlan.text.includes(`- "${refusedEmail}"`),
    secondPlan.text,
  );
  const beforeSecond = emulator.calls.length;
  await applySuccessfully(context);
  const retried = context.deletionsSince(beforeSecond).map(({ ids }) => ids);
  output.check("one call deleted one user", retried.length === 1 && retried[0]?.length === 1, retried);
  output.check(`${refusedName} is gone`, context.stillThere(refused).length === 0, refused);
  output.check(
    "the other 17 are all there",
    context.stillThere(staffFile.listed).length === 17,
    staffFile.listed,
  );

  output.step("Plan again", "The list and GenAuth agree.");
  await checkNothingToDo(context);
}
