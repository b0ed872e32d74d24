import type { PoolUser } from "../../src/emulator";
import { SOMETHING_TO_DO, applySuccessfully, checkNothingToDo, propose, savePlan, says } from "./pipeline";
import type { EngineContext } from "./engine-context";

/** For how many days the stack has leavers suspended. */
const SUSPEND_DAYS = 14;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Part three: two people leave and are suspended first. One comes back, and the other is deleted when the day has come. */
export async function suspendPeopleFirst(context: EngineContext): Promise<void> {
  const { output } = context;
  output.part("Part three: 2 more leave, with 14 days to notice a mistake");
  const leaving = await suspendLeavers(context);
  const [mistaken, wanted] = leaving;
  if (mistaken === undefined || wanted === undefined) throw new Error("Nobody left.");
  await reactivate(context, mistaken, wanted);

  output.step(
    "Plan 13 days later",
    "The emulator's clock is put forward. Until the day of the deletion, there is nothing to do.",
  );
  context.emulator.letDaysPass(13);
  await checkNothingToDo(context);

  await deleteWhenDue(context, wanted);
}

async function suspendLeavers(context: EngineContext): Promise<readonly PoolUser[]> {
  const { output, staffFile, emulator } = context;
  output.step(
    `Remove 2 lines from staff.csv, with suspendDays: ${SUSPEND_DAYS} in the stack`,
    "A deletion cannot be undone. With suspendDays, people who leave are suspended first, and deleted days later.",
  );
  context.suspendDays = SUSPEND_DAYS;
  const leaving = staffFile.removeFirst(2);
  output.check("15 people are left in the file", staffFile.listed.length === 15, staffFile.listed);

  output.step(
    "Plan and apply: they are suspended, not deleted",
    "The warning says from which day a plan deletes them. Until then they cannot log in, and can come back.",
  );
  const before = emulator.calls.length;
  const plan = await propose(context);
  output.excerpt(plan.text);
  output.checkDetail(
    "the plan suspends two people",
    plan.code === SOMETHING_TO_DO && says(plan, "2 users will be suspended, and deleted 14 days later"),
    plan.text,
  );
  await applySuccessfully(context);
  const { suspended } = await context.userSet();
  const width = Math.max(...Object.keys(suspended).map((id) => id.length));
  output.table(
    Object.entries(suspended)
      .map(([id, day]) => `${id.padEnd(width)}  suspended, to be deleted from ${day} on`)
      .join("\n"),
  );
  const days = Object.values(suspended).map((day) => (Date.parse(day) - Date.now()) / DAY_MS);
  output.checkDetail(
    "both wait for 14 days, until the midnight after",
    days.length === 2 && days.every((left) => left > SUSPEND_DAYS - 0.1 && left <= SUSPEND_DAYS + 1),
    suspended,
  );
  const statuses = context.stillThere(leaving).map(({ userId }) => context.statusOf(userId));
  output.check(
    "both are suspended in GenAuth, and nobody is deleted",
    statuses.join() === "Suspended,Suspended" && context.deletionsSince(before).length === 0,
    statuses,
  );
  return leaving;
}

async function reactivate(context: EngineContext, mistaken: PoolUser, wanted: PoolUser): Promise<void> {
  const { output, staffFile } = context;
  output.step(
    `One of the two was a mistake: put ${mistaken.name} back into the file`,
    "The same set that suspended a person reactivates them. Nothing else is needed.",
  );
  staffFile.putBack(mistaken);
  const plan = await propose(context);
  output.excerpt(plan.text);
  output.checkDetail(
    "the plan reactivates one person",
    plan.code === SOMETHING_TO_DO && says(plan, "1 user will be reactivated"),
    plan.text,
  );
  await applySuccessfully(context);
  const { suspended } = await context.userSet();
  output.check(
    `${mistaken.name} may log in again, and only ${wanted.name} still waits`,
    context.statusOf(mistaken.userId) === "Activated" && Object.keys(suspended).join() === wanted.email,
    suspended,
  );
}

async function deleteWhenDue(context: EngineContext, wanted: PoolUser): Promise<void> {
  const { output, staffFile, emulator } = context;
  output.step(
    "Plan 2 days after that: the day has come",
    "A deletion that is due is reviewed and applied like any other. Nobody has to change the file for it.",
  );
  emulator.letDaysPass(2);
  const plan = await savePlan(context);
  output.excerpt(plan.text);
  output.check(
    `the plan deletes ${wanted.name}`,
    plan.code === SOMETHING_TO_DO &&
      says(plan, `1 user will be permanently deleted from GenAuth in 1 call: ${wanted.email}`),
    plan.text,
  );
  await applySuccessfully(context);
  output.check(
    `${wanted.name} is gone, and the other 16 are all there`,
    context.stillThere([wanted]).length === 0 && context.stillThere(staffFile.listed).length === 16,
    staffFile.listed,
  );
}
