import PQueue from "p-queue";
import type { DisturbedResult } from "../support/disturbed-run";
import { runCell, type Cell } from "./cell";

/** How many cells run at once: most of the time each of them waits. */
const AT_ONCE = 12;

/** Runs cells, several at once. Each result settles by itself, so that each can be a test. */
export function runCells(cells: readonly Cell[]): ReadonlyMap<Cell, Promise<DisturbedResult>> {
  const queue = new PQueue({ concurrency: AT_ONCE });
  return new Map(cells.map((cell) => [cell, queue.add(() => runCell(cell))]));
}
