import type { Engine } from "../test/support/engine/engine";
import type { Summary } from "./measure/summary";

/** A comparison of this project with the best alternative, in one respect that matters to users. */
export interface Benchmark {
  /** Its name for `--only`. */
  readonly name: string;
  /** A sentence about what is compared. */
  readonly title: string;
  readonly run: (bench: Bench) => Promise<readonly Comparison[]>;
}

/** Shared by all benchmarks of one run. */
export interface Bench {
  readonly engine: Engine;
  /** Measure all sizes and rounds, instead of a selection that takes four minutes. */
  readonly full: boolean;
  /** The `dist/` of an earlier commit, to compare with. */
  readonly before: string | undefined;
  /** The folder that keeps built programs between runs. */
  readonly cache: string;
  /** Reports progress; a run takes minutes. */
  readonly say: (line: string) => void;
}

/** Several sides, measured in the rounds of one run, and their targets. */
export interface Comparison {
  /** Such as `plan of 10,000 users`. */
  readonly title: string;
  readonly unit: "s" | "ms" | "MB" | "calls";
  readonly sides: readonly Side[];
  /** Ratios that are only told, such as `the script / Go: 2.10`. */
  readonly ratios?: readonly string[];
  readonly targets: readonly Target[];
  /** The position in a plot: curve family and number of users. */
  readonly plot?: { readonly family: string; readonly users: number };
}

/** The measurements of one side. */
export interface Side {
  readonly name: string;
  readonly summary: Summary;
}

/** An expected and a measured value: a ratio of two sides, or a number. */
export interface Target {
  /** Such as `plan / baseline`. */
  readonly what: string;
  readonly seen: number;
  readonly wanted: { readonly atMost: number } | { readonly atLeast: number };
}
