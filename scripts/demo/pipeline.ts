import type { Finished } from "../engine/child";
import type { Stage } from "./stage";

/** `plan -detailed-exitcode` ends with 0 where nothing is to be done, with 2 where something is. */
export const NOTHING_TO_DO = 0;
export const SOMETHING_TO_DO = 2;

const SAVED_PLAN = "reviewed.tfplan";

/** Synthesises the stack and saves a plan of it: what a pipeline does for a pull request. */
export async function propose(stage: Stage): Promise<Finished> {
  const synthesis = await stage.synthesise();
  if (synthesis.code !== 0) throw new Error(`The stack cannot be synthesised:\n${synthesis.text}`);
  return stage.run("plan", "-input=false", "-detailed-exitcode", `-out=${SAVED_PLAN}`);
}

/** Applies the saved plan, and nothing else: what a pipeline does once the pull request is approved. */
export function applyProposal(stage: Stage): Promise<Finished> {
  return stage.run("apply", "-input=false", SAVED_PLAN);
}

/** Whether the engine printed a phrase, wherever it broke the lines. */
export function says({ text }: Finished, phrase: string): boolean {
  return text.replace(/\s+/g, " ").includes(phrase);
}

/** Plans once more, and checks that nothing is left to be done. */
export async function checkNothingToDo(stage: Stage): Promise<void> {
  const plan = await stage.run("plan", "-input=false", "-detailed-exitcode");
  stage.voice.excerpt(plan.text);
  stage.voice.check("the plan is empty", plan.code === NOTHING_TO_DO, plan.text);
}
