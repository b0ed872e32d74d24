import { printable } from "../../text";

/** A longer id or label is cut: one entry must not push the others out of sight. In characters. */
const LONGEST = 160;

/** Data as a person reads it, in any format: nothing in it acts, and it has an end. */
export function display(data: string): string {
  const text = printable(data);
  const characters = Array.from(text);
  if (characters.length <= LONGEST) return text;
  return `${characters.slice(0, LONGEST).join("")}… (${characters.length} characters)`;
}
