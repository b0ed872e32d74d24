import { YAMLException } from "js-yaml";
import { checkCount } from "./limits";
import type { Row, UserFileText } from "./row";
import { hasTooManyMarks, MAX_MARKS } from "./tree-marks";
import { isList, isMap, TreeReader, type Node } from "./tree-reader";
import { UserFileError } from "./user-file-error";
import type { UserFileOptions } from "./user-file-options";

const SHAPES = "it must be a list of ids, a list of objects, or a map from id to label";

/**
 * Reads a .yaml or .json file (JSON is a part of YAML, and this parser tells the line of each value): a list of
 * ids, a list of objects, or a map from id to label. Numbers keep the digits that are written, so `0049…` stays
 * a phone number.
 *
 * @throws UserFileError at what is none of these, and at more users or values than a file may hold
 */
export function readTree({ file, text }: UserFileText, options: UserFileOptions): Row[] {
  const reader = parse({ file, text });
  const rows: Row[] = [];
  const top = reader.openDocument();
  if (top === undefined) return rows;
  const isEmpty = reader.isNull(top);
  if (!isEmpty && !isList(top) && !isMap(top)) throw problem(top, `${SHAPES}, but it is a single value.`);
  while (!isEmpty && reader.hasMore()) {
    rows.push(isList(top) ? listItem() : row(reader.take(), reader.take()));
    checkCount(rows.length, file);
  }
  const second = reader.openDocument();
  if (second) throw problem(second, "this cannot be read: a second document begins here. Keep one.");
  return rows;

  function listItem(): Row {
    const item = reader.open();
    if (!isMap(item)) return row(item, undefined);
    const idKey = options.id ?? "id";
    const labelKey = options.label ?? "label";
    const found = new Map<string | undefined, Node>();
    while (reader.hasMore()) {
      const key = reader.take();
      const name = reader.textOf(key);
      const value = reader.take();
      if (name !== idKey && name !== labelKey) continue;
      if (found.has(name)) throw problem(key, `"${name}" is there twice in one object: keep the right one.`);
      found.set(name, value);
    }
    const id = found.get(idKey);
    if (!id) throw problem(item, `this object has no "${idKey}", which holds the id.`);
    return row(id, found.get(labelKey));
  }

  function row(id: Node, label: Node | undefined): Row {
    return { id: textOf(id), label: label ? textOf(label) : "", line: reader.lineOf(id) };
  }

  function textOf(node: Node): string {
    const found = reader.textOf(node);
    if (found === undefined) throw problem(node, `${SHAPES}; each id and label must be plain text.`);
    return found;
  }

  function problem(node: Node, what: string): UserFileError {
    return new UserFileError(file, reader.lineOf(node), what);
  }
}

function parse({ file, text }: UserFileText): TreeReader {
  if (hasTooManyMarks(text)) {
    throw new UserFileError(
      file,
      undefined,
      `it holds more values and lines than can be read, ${MAX_MARKS.toLocaleString("en")} in all. Keep only the id and ` +
        "the label of each user, or save it as .csv, which may hold more.",
    );
  }
  try {
    return new TreeReader(text);
  } catch (cause) {
    if (!(cause instanceof YAMLException)) throw cause;
    const line = cause.mark && cause.mark.line + 1;
    throw new UserFileError(file, line, `this cannot be read: ${cause.reason}.`);
  }
}
