import type { Yardstick } from "../yardstick";
import { badId } from "./bad-id";
import { calls } from "./calls";
import { memory } from "./memory";
import { pace } from "./pace";
import { planAndApply } from "./plan-and-apply";
import { removal } from "./removal";
import { start } from "./start";

/** All yardsticks, from the fastest to the slowest. */
export const YARDSTICKS: readonly Yardstick[] = [start, calls, badId, pace, memory, removal, ...planAndApply];
