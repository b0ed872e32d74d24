import { closeSync, lstatSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { explainWriteError, temporaryBeside } from "../files";
import type { Declaration } from "../payload";
import { parseJson } from "../text";
import type { RemovalReport } from "../users";

/** The name of every report, as synth makes it. A payload that names another file cannot have it written. */
const REPORT_NAME = /^genauth-drift\.[\p{L}\p{N}_.-]+\.json$/u;

/**
 * Opens a set's report before the removal starts, so that a run that cannot write its report deletes nobody.
 *
 * @param path whose last part must be the name of a report
 * @throws Error if the file cannot be created, or something else than a report is there
 */
export function openReportFile({ set, userIdType }: Declaration, path: string) {
  const temporary = temporaryBeside(path);
  const file = createFile(temporary, path);
  return {
    /** @returns why it was not written, in sentences: who is not gone must be told all the same */
    write({ gone, survivors, missing, kept, unchecked }: RemovalReport): string | undefined {
      const checkedAt = new Date().toISOString();
      const report = { set, userIdType, checkedAt, gone, survivors, missing, kept, unchecked };
      try {
        writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
        renameSync(temporary, path);
        return undefined;
      } catch (cause) {
        return `The drift report ${path} was not written: ${explainWriteError(cause)}`;
      }
    },
    /** Removes the temporary file if no report was written. */
    close(): void {
      closeSync(file);
      rmSync(temporary, { force: true });
    },
  };
}

function createFile(temporary: string, path: string): number {
  const refused = (why: string, cause?: unknown) =>
    new Error(
      `Nobody was deleted: the drift report cannot be written to ${path}: ${why} Or declare the set without a drift report.`,
      { cause },
    );
  if (!REPORT_NAME.test(basename(path)))
    throw refused("a report is named genauth-drift.<path of the set>.json. Synthesise the stack again.");
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found || (found.isFile() && isReport(readFileSync(path, "utf8"))))
      return openSync(temporary, "wx", 0o600);
  } catch (cause) {
    throw refused(explainWriteError(cause), cause);
  }
  throw refused("what is there is no drift report, so it is not replaced. Move it.");
}

/** Whether a text is a report of a set. */
function isReport(text: string): boolean {
  const report = parseJson(text);
  return typeof report === "object" && report !== null && "set" in report && "checkedAt" in report;
}
