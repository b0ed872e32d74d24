import { CsvError, parse } from "csv-parse/sync";
import {
  checkCount,
  listNames,
  type Row,
  UserFileError,
  type UserFileOptions,
  type UserFileText,
  type UserFileWords,
} from "./user-file";

/**
 * Reads a .csv file, whose first line names the columns. Only the id and label of each line are kept.
 *
 * @throws UserFileError for malformed CSV, a missing column, and too many users
 */
export function readCsv({ file, text }: UserFileText, options: UserFileOptions, words: UserFileWords): Row[] {
  const rows: Row[] = [];
  let columns: Columns | undefined;
  parseCsv({ file, text }, options.delimiter ?? ",", (fields, line) => {
    if (columns === undefined) {
      columns = findColumns({ fields, line }, options, { file, words });
      return;
    }
    rows.push({ id: fields[columns.id] ?? "", label: fields[columns.label] ?? "", line });
    checkCount(rows.length, file);
  });
  return rows;
}

/** The positions of the columns, counted from 0; -1 if there are no labels. */
interface Columns {
  readonly id: number;
  readonly label: number;
}

interface Header {
  readonly fields: readonly string[];
  readonly line: number;
}

function parseCsv(
  { file, text }: UserFileText,
  delimiter: string,
  onFields: (fields: readonly string[], line: number) => void,
): void {
  let width = 0;
  let lastLine = 0;
  try {
    parse(text, {
      delimiter,
      skip_empty_lines: true,
      trim: true,
      // Returning undefined keeps the parser from collecting the lines.
      on_record: (fields: string[], { lines }) => {
        width ||= fields.length;
        lastLine = lines;
        onFields(fields, lines);
        return undefined;
      },
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    // An open quote takes in all lines that follow, so the parser ends at the last one.
    const line = lineAfter(text, lastLine);
    throw new UserFileError(file, line, describeCsvError(cause, width));
  }
}

/** The first line with text after a line; lines count from 1. */
function lineAfter(text: string, line: number): number {
  const rest = text.split(/\r\n|\n|\r/).slice(line);
  return (
    line +
    1 +
    Math.max(
      0,
      rest.findIndex((each) => each.trim() !== ""),
    )
  );
}

function describeCsvError(cause: CsvError, width: number): string {
  const columns = (count: number): string => `${count} ${count === 1 ? "column" : "columns"}`;
  switch (cause.code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return "a quote is opened here and never closed. Close it, or write a quote within a field twice.";
    case "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH":
      return `it has ${columns((cause["record"] as readonly string[]).length)}, and the header has ${columns(width)}. Correct the row; a field that contains the separator needs quotes around it.`;
    case "INVALID_OPENING_QUOTE":
    case "CSV_INVALID_CLOSING_QUOTE":
      return "a quote stands within a field. Put quotes around the whole field, and write the one within it twice.";
    default:
      return `this is not well-formed CSV: ${cause.message}.`;
  }
}

interface Reading {
  readonly file: string;
  readonly words: UserFileWords;
}

function findColumns(header: Header, options: UserFileOptions, reading: Reading): Columns {
  const name = options.id ?? "id";
  const [first = ""] = header.fields;
  const id = findColumn(name, header, reading, () => reading.words.choose(reading.file, "id", first));
  if (options.label === undefined) return { id, label: header.fields.indexOf("label") };
  const other = header.fields.find((field) => field !== name) ?? first;
  const choose = () => reading.words.choose(reading.file, "label", other);
  return { id, label: findColumn(options.label, header, reading, choose) };
}

/** What spreadsheets put between two fields. */
const SEPARATORS = [";", "\t", ",", "|"];

/** @param choose says how to choose another column */
function findColumn(name: string, { fields, line }: Header, reading: Reading, choose: () => string): number {
  const { file } = reading;
  const found = fields.indexOf(name);
  if (found === -1) {
    const [only = ""] = fields;
    const separator = fields.length === 1 ? SEPARATORS.find((each) => only.includes(each)) : undefined;
    if (separator !== undefined)
      throw new UserFileError(
        reading.file,
        line,
        `the line is separated by ${JSON.stringify(separator)}: ${reading.words.separate(reading.file, separator)}.`,
      );
    throw new UserFileError(
      file,
      line,
      `there is no column "${name}". The columns are ${listNames(fields)}. Name the one to read, such as ${choose()}.`,
    );
  }
  if (fields.includes(name, found + 1)) {
    throw new UserFileError(
      file,
      line,
      `the column "${name}" appears twice. Rename one of the two, so that it is clear which one to read.`,
    );
  }
  return found;
}
