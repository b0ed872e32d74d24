import { reportDrift } from "./drift-report";
import { SOMETHING_TO_DO, applyProposal, checkNothingToDo, propose, says } from "./pipeline";
import type { Stage } from "./stage";

/** Part one: 53 people leave, and all goes well. */
export async function removePeople(stage: Stage): Promise<void> {
  const { voice, staffFile, emulator } = stage;
  voice.part("Part one: 53 people leave");

  voice.step(
    "Take 53 lines out of staff.csv",
    "This is the whole change that somebody would propose in a pull request.",
  );
  const leaving = staffFile.takeOut(53);
  const staying = staffFile.listed;
  voice.check("67 people are left in the file", staying.length === 67, staying.length);

  voice.step(
    "Plan: what a reviewer reads",
    "A line with a minus for each person who leaves, and a warning, because a deleted user does not come back.",
  );
  const plan = await propose(stage);
  voice.output(plan.text);
  voice.check("the plan has changes", plan.code === SOMETHING_TO_DO, plan.code);
  const unnamed = leaving.filter(({ email = "" }) => !plan.text.includes(`- "${email}"`));
  voice.check("each of the 53 has a line with a minus", unnamed.length === 0, unnamed);
  voice.check(
    "the warning counts 53 users and 2 calls",
    says(plan, "53 users will be permanently deleted from GenAuth in 2 calls"),
    plan.text,
  );
  voice.check("nobody is deleted so far", stage.stillThere(leaving).length === 53, stage.deletionsSince(0));

  voice.step(
    "Apply the reviewed plan",
    "GenAuth deletes at most 50 users a call, so 53 take two. Each is then looked up, until it is really gone.",
  );
  const before = emulator.calls.length;
  const apply = await applyProposal(stage);
  voice.excerpt(apply.text);
  voice.check("the apply succeeded", apply.code === 0, apply.code);

  voice.step(
    "Look at what GenAuth received",
    "The emulator writes down each request, so nobody needs to take our word.",
  );
  const deletions = stage.deletionsSince(before);
  for (const { method, path, ids, statusCode } of deletions) {
    voice.note(`${method} ${path}  ${ids.length} ids  ->  ${statusCode ?? "no answer"}`);
  }
  const sizes = deletions.map(({ ids }) => ids.length).sort((a, b) => b - a);
  voice.check("there were two deletions, of 50 and 3 users", sizes.join() === "50,3", sizes);
  voice.check(
    "the 53 are gone from the pool",
    stage.stillThere(leaving).length === 0,
    stage.stillThere(leaving),
  );
  voice.check(
    "the other 67 are all there",
    stage.stillThere(staying).length === 67,
    stage.stillThere(staying),
  );

  voice.step(
    "Read the drift report",
    "What still differs between the declared list and GenAuth, as the state has it.",
  );
  const drift = await reportDrift(stage, leaving);
  voice.check("nothing differs", drift.missing.length + drift.survivors.length === 0, drift);

  voice.step("Plan again", "Once the list and GenAuth agree, there is nothing left to do.");
  await checkNothingToDo(stage);
}
