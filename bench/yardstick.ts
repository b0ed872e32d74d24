import type { Engine } from "../scripts/engine/engine";
import type { Summary } from "./measure/summary";

/** A comparison of this project with the best there is for one thing that a user waits or pays for. */
export interface Yardstick {
  /** By which `--only` names it. */
  readonly name: string;
  /** What is compared, in a sentence. */
  readonly title: string;
  readonly run: (bench: Bench) => Promise<readonly Comparison[]>;
}

/** What all yardsticks of one run share. */
export interface Bench {
  readonly engine: Engine;
  /** Everything, instead of what fits into three minutes. */
  readonly full: boolean;
  /** Where programs that were built are kept between runs. */
  readonly cache: string;
  /** Says what is being done; a run takes minutes. */
  readonly say: (line: string) => void;
}

/** Several sides, measured in turn in one run, and what is expected of them. */
export interface Comparison {
  /** Such as `plan of 10,000 users`. */
  readonly title: string;
  readonly unit: "s" | "ms" | "MB" | "calls";
  readonly sides: readonly Side[];
  readonly targets: readonly Target[];
  /** The place in a plot: which curve family, and how many users. */
  readonly plot?: { readonly family: string; readonly users: number };
}

/** What was measured of one side. */
export interface Side {
  readonly name: string;
  readonly summary: Summary;
}

/** What is expected, and what was seen: a ratio of two sides, or a number by itself. */
export interface Target {
  /** Such as `plan / floor`. */
  readonly what: string;
  readonly seen: number;
  readonly wanted: { readonly atMost: number } | { readonly atLeast: number };
}
