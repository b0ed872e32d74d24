import { checkCount } from "./limits";
import type { Row, UserFileText } from "./row";

/**
 * Reads a .txt file: an id a line and, after blanks or a tab, optionally its label. Blank lines and lines that
 * start with `#` are left out, and so is a comment that stands where a label would. Ids with blanks in them
 * need another format.
 *
 * @throws UserFileError at more users than a file may hold
 */
export function readText({ file, text }: UserFileText): Row[] {
  const rows: Row[] = [];
  let line = 0;
  // One line at a time: an array of all of them would take ten times the file.
  for (const [content] of text.matchAll(/[^\r\n]*(?:\r\n|\n|\r|$)/gu)) {
    line += 1;
    const [, id, rest = ""] = /^(\S+)\s*(.*)$/su.exec(content.trim()) ?? [];
    if (id === undefined || id.startsWith("#")) continue;
    rows.push({ id, label: rest.startsWith("#") ? "" : rest, line });
    checkCount(rows.length, file);
  }
  return rows;
}
