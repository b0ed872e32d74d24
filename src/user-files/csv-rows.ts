import { CsvError, parse } from "csv-parse/sync";
import type { UserFileOptions } from "./user-file-options";
import type { Row, UserFileText } from "./row";
import { UserFileError } from "./user-file-error";

/** Reads a .csv file, whose first line names the columns. */
export function readCsv(source: UserFileText, options: UserFileOptions): Row[] {
  const [header, ...records] = parseRecords(source, options.delimiter ?? ",");
  if (header === undefined) return [];
  const idColumn = findColumn(options.id ?? "id", header, source.file);
  const labelColumn =
    options.label === undefined
      ? header.fields.indexOf("label")
      : findColumn(options.label, header, source.file);
  return records.map(({ fields, line }) => ({
    id: fields[idColumn] ?? "",
    label: fields[labelColumn] ?? "",
    line,
  }));
}

interface CsvRecord {
  readonly fields: readonly string[];
  readonly line: number;
}

function parseRecords({ file, text }: UserFileText, delimiter: string): CsvRecord[] {
  try {
    const records: CsvRecord[] = [];
    parse(text, {
      delimiter,
      skip_empty_lines: true,
      trim: true,
      on_record: (fields: string[], { lines }) => void records.push({ fields, line: lines }),
    });
    return records;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = typeof cause.lines === "number" ? cause.lines : undefined;
    throw new UserFileError(file, line, `this is no well-formed CSV: ${cause.message}.`);
  }
}

function findColumn(name: string, header: CsvRecord, file: string): number {
  const found = header.fields.indexOf(name);
  const columns = header.fields.map((field) => `"${field}"`).join(", ");
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
