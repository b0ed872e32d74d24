import { reportDrift } from "./drift-report";
import { SOMETHING_TO_DO, applySuccessfully, checkNothingToDo, propose, says } from "./pipeline";
import type { EngineContext } from "./engine-context";

/** Part one: 53 people leave, and all are deleted. */
export async function removePeople(context: EngineContext): Promise<void> {
  const { output, staffFile, emulator } = context;
  output.part("Part one: 53 people leave");

  output.step("Remove 53 lines from staff.csv", "A pull request would contain this change and nothing else.");
  const leaving = staffFile.removeFirst(53);
  const staying = staffFile.listed;
  output.check("67 people are left in the file", staying.length === 67, staying.length);

  output.step(
    "Plan: what a reviewer reads",
    "One line with a minus for each person who leaves, and a warning, because a deletion cannot be undone.",
  );
  const plan = await propose(context);
  output.quote(plan.text);
  output.checkDetail("the plan has changes", plan.code === SOMETHING_TO_DO, plan.code);
  const unnamed = leaving.filter(({ email = "" }) => !plan.text.includes(`- "${email}"`));
  output.check("each of the 53 has a line with a minus", unnamed.length === 0, unnamed);
  output.checkDetail(
    "the warning counts 53 users and 2 calls",
    says(plan, "53 users will be permanently deleted from GenAuth in 2 calls"),
    plan.text,
  );
  output.check(
    "nobody is deleted so far",
    context.stillThere(leaving).length === 53,
    context.deletionsSince(0),
  );

  output.step(
    "Apply the reviewed plan",
    "GenAuth deletes at most 50 users per call, so 53 take two calls. Each user is then looked up until confirmed as deleted.",
  );
  const before = emulator.calls.length;
  await applySuccessfully(context);

  output.step("Look at what GenAuth received", "The emulator records each request.");
  const deletions = context.deletionsSince(before);
  for (const { method, path, ids, statusCode } of deletions) {
    output.note(`${method} ${path}  ${ids.length} ids  ->  ${statusCode ?? "no answer"}`);
  }
  const sizes = deletions.map(({ ids }) => ids.length).sort((a, b) => b - a);
  output.check("there were two deletions, of 50 and 3 users", sizes.join() === "50,3", sizes);
  output.check(
    "the 53 are gone from the pool",
    context.stillThere(leaving).length === 0,
    context.stillThere(leaving),
  );
  output.check(
    "the other 67 are all there",
    context.stillThere(staying).length === 67,
    context.stillThere(staying),
  );

  output.step(
    "Read the drift report",
    "The state contains the remaining differences between the declared list and GenAuth.",
  );
  const drift = await reportDrift(context, leaving);
  output.check("nothing differs", drift.missing.length + drift.survivors.length === 0, drift);

  output.step("Plan again", "The list and GenAuth agree, so there is nothing left to do.");
  await checkNothingToDo(context);
}
