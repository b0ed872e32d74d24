import { reportDrift } from "./drift-report";
import { SOMETHING_TO_DO, applyProposal, checkNothingToDo, propose, says } from "./pipeline";
import type { Stage } from "./stage";

/** The place in the list of the person whom GenAuth refuses to delete: in the midst of a call. */
const REFUSED = 24;

/** What GenAuth says for a reason. */
const HOLD = "This user is under a legal hold and cannot be deleted";

/** Part two: 50 people leave, and GenAuth refuses one of them. */
export async function removePeopleDespiteARefusal(stage: Stage): Promise<void> {
  const { voice, staffFile, emulator } = stage;
  voice.part("Part two: 50 more leave, and GenAuth refuses one of them");

  voice.step(
    "Take 50 more lines out, while GenAuth holds on to one of these people",
    "A call that names this person is refused as a whole, with the other 49 in it.",
  );
  const leaving = staffFile.takeOut(50);
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
  voice.check(
    `17 people are left in the file; ${refusedName} is held`,
    staffFile.listed.length === 17,
    staffFile.listed,
  );

  voice.step("Plan", "The plan looks as before: GenAuth does not tell beforehand what it will refuse.");
  const plan = await propose(stage);
  voice.excerpt(plan.text);
  voice.check("the plan has changes", plan.code === SOMETHING_TO_DO, plan.code);

  voice.step(
    "Apply: this is what a failed run looks like",
    "The refused call is halved until the one person stands alone, so the other 49 do not have to wait.",
  );
  const before = emulator.calls.length;
  const apply = await applyProposal(stage);
  voice.excerpt(apply.text);
  voice.check("the run failed, with exit code 1", apply.code === 1, apply.code);
  const named = says(apply, `${refusedEmail} ${refusedName}`);
  voice.check(
    `the error names ${refusedEmail}, and gives GenAuth's own words`,
    named && says(apply, HOLD),
    apply.text,
  );
  const survivors = stage.stillThere(leaving);
  voice.check(
    `49 are gone, and only ${refusedName} is still there`,
    survivors.length === 1 && survivors[0]?.email === refusedEmail,
    survivors,
  );
  const calls = stage
    .deletionsSince(before)
    .map(({ ids, statusCode }) => `${ids.length} ${statusCode === 200 ? "deleted" : "refused"}`);
  voice.note(`GenAuth received ${calls.length} calls: ${calls.join(", ")}.`);

  voice.step(
    "Read the drift report",
    "Who should be gone and is not stays in the state: it is not forgotten.",
  );
  const drift = await reportDrift(stage, leaving);
  voice.check(
    "the survivor is recorded",
    drift.survivors.join() === refusedEmail && drift.missing.length === 0,
    drift,
  );

  voice.step(
    "Mend it: the hold is lifted, and the next run finishes the job",
    "Nothing has to be repaired by hand: the next plan shows the one removal that is left.",
  );
  refusal.remove();
  const secondPlan = await propose(stage);
  voice.output(secondPlan.text);
  voice.check(
    "the plan takes out one person, the survivor",
    says(secondPlan, "1 user will be permanently deleted from GenAuth in 1 call") &&
      secondPlan.text.includes(`- "${refusedEmail}"`),
    secondPlan.text,
  );
  const beforeSecond = emulator.calls.length;
  const secondApply = await applyProposal(stage);
  voice.excerpt(secondApply.text);
  voice.check("the apply succeeded", secondApply.code === 0, secondApply.code);
  const mended = stage.deletionsSince(beforeSecond).map(({ ids }) => ids);
  voice.check("one call deleted one user", mended.length === 1 && mended[0]?.length === 1, mended);
  voice.check(`${refusedName} is gone`, stage.stillThere(refused).length === 0, refused);
  voice.check(
    "the other 17 are all there",
    stage.stillThere(staffFile.listed).length === 17,
    staffFile.listed,
  );

  voice.step("Plan again", "The list and GenAuth agree.");
  await checkNothingToDo(stage);
}
