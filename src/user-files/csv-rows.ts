import { CsvError, parse } from "csv-parse/sync";
import { checkCount } from "./limits";
import type { Row, UserFileText } from "./row";
import { UserFileError } from "./user-file-error";
import type { UserFileOptions } from "./user-file-options";

/** More columns than this are counted, not listed: the first ones show what the file is. */
const LISTED_COLUMNS = 20;

/**
 * Reads a .csv file, whose first line names the columns. Of each line, only id and label are held.
 *
 * @throws UserFileError at what is no CSV, at a column that is not there, and at more users than a file may hold
 */
export function readCsv({ file, text }: UserFileText, options: UserFileOptions): Row[] {
  const rows: Row[] = [];
  let columns: Columns | undefined;
  readRecords({ file, text }, options.delimiter ?? ",", (fields, line) => {
    if (columns === undefined) {
      columns = findColumns({ fields, line }, options, file);
      return;
    }
    rows.push({ id: fields[columns.id] ?? "", label: fields[columns.label] ?? "", line });
    checkCount(rows.length, file);
  });
  return rows;
}

/** Which columns hold what, counted from 0; -1 for a label that is nowhere. */
interface Columns {
  readonly id: number;
  readonly label: number;
}

interface Header {
  readonly fields: readonly string[];
  readonly line: number;
}

function readRecords(
  { file, text }: UserFileText,
  delimiter: string,
  onRecord: (fields: readonly string[], line: number) => void,
): void {
  try {
    parse(text, {
      delimiter,
      skip_empty_lines: true,
      trim: true,
      // Nothing is returned, so the parser keeps nothing.
      on_record: (fields: string[], { lines }) => {
        onRecord(fields, lines);
        return undefined;
      },
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = typeof cause.lines === "number" ? cause.lines : undefined;
    throw new UserFileError(file, line, `this is no well-formed CSV: ${cause.message}.`);
  }
}

function findColumns(header: Header, options: UserFileOptions, file: string): Columns {
  const id = findColumn(options.id ?? "id", header, file);
  const label =
    options.label === undefined ? header.fields.indexOf("label") : findColumn(options.label, header, file);
  return { id, label };
}

function findColumn(name: string, header: Header, file: string): number {
  const found = header.fields.indexOf(name);
  const listed = header.fields.slice(0, LISTED_COLUMNS).map((field) => `"${field}"`);
  const more = header.fields.length - listed.length;
  const columns = listed.join(", ") + (more > 0 ? ` and ${more} more` : "");
  if (found === -1) {
    throw new UserFileError(
      file,
      header.line,
      `there is no column "${name}". The columns are ${columns}; name the one to read, such as ` +
        `Users.fromFile("${file}", { id: ${JSON.stringify(header.fields[0] ?? "")} }).`,
    );
  }
  if (header.fields.includes(name, found + 1)) {
    throw new UserFileError(
      file,
      header.line,
      `the column "${name}" is there twice: it must be clear which one to read.`,
    );
  }
  return found;
}
