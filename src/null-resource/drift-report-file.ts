import { closeSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { Declaration } from "./payload";
import type { DriftFindings } from "../users";

/** What the report file holds, beside the set and the time. */
export type Report = Omit<DriftFindings, "labels"> & {
  /** Declared ids that could not be looked up, so that nobody knows whether they are missing. */
  readonly unchecked: readonly string[];
};

/** A report file that is ready to be written. */
export interface ReportFile {
  write(report: Report): void;
  /** Leaves nothing behind where nothing was written. */
  close(): void;
}

/**
 * Prepares the report of a set, before anything is done of which it will tell: a run that cannot write its report
 * deletes nobody.
 *
 * @throws Error where the file cannot be made
 */
export function openReportFile({ set, userIdType }: Declaration, path: string): ReportFile {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = createFile(temporary, path);
  return {
    write({ gone, survivors, missing, removals, unchecked }) {
      const kept = removals.flatMap(({ id, label, outcome }) =>
        outcome.kind === "kept" ? [{ id, label, reason: outcome.reason.kind }] : [],
      );
      const checkedAt = new Date().toISOString();
      const report = { set, userIdType, checkedAt, gone, survivors, missing, kept, unchecked };
      writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
      renameSync(temporary, path);
    },
    close() {
      closeSync(file);
      rmSync(temporary, { force: true });
    },
  };
}

function createFile(temporary: string, path: string): number {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error("It is a folder.");
    return openSync(temporary, "wx", 0o600);
  } catch (cause) {
    throw new Error(
      `Nobody was deleted: the drift report cannot be written to ${path}. ${cause instanceof Error ? cause.message : ""} ` +
        "Make its folder writable, or take driftReport off the set.",
      { cause },
    );
  }
}
