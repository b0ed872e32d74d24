/** Checks a stack's folder before `init`: what an engine would run from it. */
export { checkStack, type StackCheck } from "./check-stack";
export type { StackFinding } from "./finding";
