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
  try {
    parse(text, {
      delimiter,
      skip_empty_lines: true,
      trim: true,
      // Returning undefined keeps the parser from collecting the lines.
      on_record: (fields: string[], { lines }) => {
        onFields(fields, lines);
        return undefined;
      },
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = typeof cause.lines === "number" ? cause.lines : undefined;
    throw new UserFileError(file, line, `this is not well-formed CSV: ${cause.message}.`);
  }
}

interface Reading {
  readonly file: string;
  readonly words: UserFileWords;
}

function findColumns(header: Header, options: UserFileOptions, reading: Reading): Columns {
  const name = options.id ?? "id";
  const [first = ""] = header.fields;
  const id = findColumn(name, header, reading.file, () => reading.words.choose(reading.file, "id", first));
  if (options.label === undefined) return { id, label: header.fields.indexOf("label") };
  const other = header.fields.find((field) => field !== name) ?? first;
  const choose = () => reading.words.choose(reading.file, "label", other);
  return { id, label: findColumn(options.label, header, reading.file, choose) };
}

/** @param choose says how to choose another column */
function findColumn(name: string, { fields, line }: Header, file: string, choose: () => string): number {
  const found = fields.indexOf(name);
  if (found === -1) {
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
