/** Checks a stack's folder before `init`: what an engine would run from it, or read outside it. */
export { checkStack, type StackCheck } from "./check-stack";
export type { StackFinding } from "./brought-along";
