import type { Row, UserFileText } from "./row";

/**
 * Reads a .txt file: an id a line and, after blanks or a tab, optionally its label. Blank lines and lines that
 * start with `#` are left out, and so is a comment that stands where a label would. Ids with blanks in them
 * need another format.
 */
export function readText({ text }: UserFileText): Row[] {
  return text.split(/\r\n|\n|\r/).flatMap((content, index) => {
    const [, id, rest = ""] = /^(\S+)\s*(.*)$/u.exec(content.trim()) ?? [];
    if (id === undefined || id.startsWith("#")) return [];
    return [{ id, label: rest.startsWith("#") ? "" : rest, line: index + 1 }];
  });
}
