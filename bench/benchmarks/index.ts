import type { Benchmark } from "../benchmark";
import { badId } from "./bad-id";
import { calls } from "./calls";
import { guard } from "./guard";
import { memory } from "./memory";
import { pace } from "./pace";
import { planAndApply } from "./plan-and-apply";
import { removal } from "./removal";
import { smallPlans } from "./small-plans";
import { start } from "./start";

/** All benchmarks, from the fastest to the slowest. */
export const BENCHMARKS: readonly Benchmark[] = [
  start,
  calls,
  badId,
  pace,
  smallPlans,
  memory,
  removal,
  guard,
  ...planAndApply,
];
