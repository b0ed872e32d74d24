import type { Benchmark } from "../benchmark";
import { guard } from "./guard";
import { memory } from "./memory";
import { planAndApply } from "./plan-and-apply";
import { removal } from "./removal";
import { smallPlans } from "./small-plans";

/** All benchmarks, from the fastest to the slowest. */
export const BENCHMARKS: readonly Benchmark[] = [smallPlans, memory, removal, guard, ...planAndApply];
