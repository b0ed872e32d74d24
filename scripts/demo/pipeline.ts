import type { Finished } from "../../test/support/engine/child";
import type { EngineContext } from "./engine-context";

/** The exit codes of `plan -detailed-exitcode`. */
export const NOTHING_TO_DO = 0;
export const SOMETHING_TO_DO = 2;

const SAVED_PLAN = "reviewed.tfplan";

/** Synthesises the stack and saves a plan, as a pipeline does for a pull request. */
export async function propose(context: EngineContext): Promise<Finished> {
  const synthesis = await context.synthesise();
  if (synthesis.code !== 0) throw new Error(`The stack cannot be synthesised:\n${synthesis.text}`);
  return savePlan(context);
}

/** Saves a plan of the stack as it is, as a pipeline does on a schedule. */
export function savePlan(context: EngineContext): Promise<Finished> {
  return context.run("plan", "-input=false", "-detailed-exitcode", `-out=${SAVED_PLAN}`);
}

/** Applies the saved plan, as a pipeline does once the pull request is approved. */
export function applyProposal(context: EngineContext): Promise<Finished> {
  return context.run("apply", "-input=false", SAVED_PLAN);
}

/** Applies the saved plan, and checks that it succeeds. */
export async function applySuccessfully(context: EngineContext): Promise<void> {
  const apply = await applyProposal(context);
  context.output.excerpt(apply.text);
  context.output.checkDetail("the apply succeeded", apply.code === 0, apply.text);
}

/** Whether the engine printed a phrase, with any line breaks. */
export function says({ text }: Finished, phrase: string): boolean {
  return text.replace(/\s+/g, " ").includes(phrase);
}

/** Plans again, and checks that the plan is empty. */
export async function checkNothingToDo(context: EngineContext): Promise<void> {
  const plan = await context.run("plan", "-input=false", "-detailed-exitcode");
  context.output.excerpt(plan.text);
  context.output.check("the plan is empty", plan.code === NOTHING_TO_DO, plan.text);
}
