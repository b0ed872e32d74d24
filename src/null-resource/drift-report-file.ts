import { closeSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { Declaration } from "../payload";
import type { DriftFindings } from "../users";

/** The content of the report file, besides the set and the time. */
export type Report = Omit<DriftFindings, "labels"> & {
  /** Declared ids that could not be looked up; they may be missing. */
  readonly unchecked: readonly string[];
};

/** A report file that is ready to be written. */
export interface ReportFile {
  write(report: Report): void;
  /** Removes the temporary file if no report was written. */
  close(): void;
}

/**
 * Opens a set's report before the removal starts, so that a run that cannot write its report deletes nobody.
 *
 * @throws Error if the file cannot be created
 */
export function openReportFile({ set, userIdType }: Declaration, path: string): ReportFile {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = createFile(temporary, path);
  return {
    write({ gone, survivors, missing, leavers, unchecked }) {
      const kept = leavers.flatMap(({ id, label, fate }) =>
        fate.kind === "keep" ? [{ id, label, reason: fate.reason.kind }] : [],
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
        "Make its folder writable, or remove driftReport from the set.",
      { cause },
    );
  }
}
