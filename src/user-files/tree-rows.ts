import { isMap, isScalar, isSeq, LineCounter, parseDocument, type ParsedNode, type YAMLMap } from "yaml";
import type { UserFileOptions } from "./user-file-options";
import type { Row, UserFileText } from "./row";
import { UserFileError } from "./user-file-error";

const SHAPES = "it must be a list of ids, a list of objects, or a map from id to label";

/**
 * Reads a .yaml or .json file (JSON is a part of YAML, and this parser tells the line of each value): a list of
 * ids, a list of objects, or a map from id to label. Numbers keep the digits that are written, so `0049…` stays
 * a phone number.
 */
export function readTree({ file, text }: UserFileText, options: UserFileOptions): Row[] {
  const lines = new LineCounter();
  // Double keys are for the check of the whole set to find: it names both lines, and does not compare each with each.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const [error] = document.errors;
  if (error) throw problem(error.pos[0], `this cannot be read: ${error.message}.`);

  const top = document.contents;
  if (top === null || (isScalar(top) && top.value === null)) return [];
  if (isSeq(top)) return top.items.map(listItem);
  if (isMap(top)) return top.items.map(({ key, value }) => row(key, value));
  throw problem(top.range[0], `${SHAPES}, but it is a single value.`);

  function listItem(item: ParsedNode): Row {
    if (!isMap(item)) return row(item, null);
    const idKey = options.id ?? "id";
    const id = property(item, idKey);
    if (id === null) throw problem(item.range[0], `this object has no "${idKey}", which holds the id.`);
    return row(id, property(item, options.label ?? "label"));
  }

  function property(object: YAMLMap.Parsed, name: string): ParsedNode | null {
    const [pair, twin] = object.items.filter(({ key }) => isScalar(key) && key.source === name);
    if (twin) throw problem(twin.key.range[0], `"${name}" is there twice in one object: keep the right one.`);
    return pair?.value ?? null;
  }

  function row(id: ParsedNode, label: ParsedNode | null): Row {
    return { id: textOf(id), label: label === null ? "" : textOf(label), line: lineOf(id.range[0]) };
  }

  function textOf(node: ParsedNode): string {
    if (isScalar(node)) return node.value === null ? "" : node.source;
    throw problem(node.range[0], `${SHAPES}; each id and label must be plain text.`);
  }

  function problem(offset: number, what: string): UserFileError {
    return new UserFileError(file, lineOf(offset), what);
  }

  function lineOf(offset: number): number {
    return lines.linePos(offset).line;
  }
}
