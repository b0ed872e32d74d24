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
export function readCsv(source: UserFileText, options: UserFileOptions, words: UserFileWords): Row[] {
  const { file } = source;
  const rows: Row[] = [];
  let columns: Columns | undefined;
  parseCsv(source, options.delimiter ?? ",", (fields, line) => {
    if (columns === undefined) {
      columns = findColumns({ file, fields, line }, options, words);
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
    throw new UserFileError(file, describeCsvError(cause, width), line);
  }
}

/** The first line with text after a line; lines count from 1. */
function lineAfter(text: string, line: number): number {
  const lines = text.split(/\r\n|\n|\r/);
  const next = lines.findIndex((each, index) => index >= line && each.trim() !== "");
  return (next === -1 ? line : next) + 1;
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

/** The first line of a file. */
interface Header {
  readonly file: string;
  readonly fields: readonly string[];
  readonly line: number;
}

function findColumns(
  { file, fields, line }: Header,
  { id = "id", label }: UserFileOptions,
  words: UserFileWords,
): Columns {
  const problem = (text: string) => new UserFileError(file, text, line);
  const find = (option: "id" | "label", name: string, other: string): number => {
    const found = fields.indexOf(name);
    const separator = fields.length === 1 && SEPARATORS.find((each) => fields[0]?.includes(each));
    if (found === -1 && separator)
      throw problem(
        `the line is separated by ${JSON.stringify(separator)}: ${words.separate(file, separator)}.`,
      );
    if (found === -1)
      throw problem(
        `there is no column "${name}". The columns are ${listNames(fields)}. Name the one to read, such as ${words.choose(file, option, other)}.`,
      );
    if (fields.includes(name, found + 1))
      throw problem(
        `the column "${name}" appears twice. Rename one of the two, so that it is clear which one to read.`,
      );
    return found;
  };
  const [first = ""] = fields;
  const other = fields.find((field) => field !== id) ?? first;
  return {
    id: find("id", id, first),
    label: label === undefined ? fields.indexOf("label") : find("label", label, other),
  };
}

/** What spreadsheets put between two fields. */
const SEPARATORS = [";", "\t", ",", "|"];
