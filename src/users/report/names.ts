import type { DirectoryUser } from "../directory";
import { printable } from "../../text";

/** What the pool calls a user: the name, or else the user name, an e-mail, the system id. Printable. */
export function poolName(user: DirectoryUser): string {
  return printable(user.name ?? user.username ?? user.email ?? user.userId);
}

/**
 * What a reviewer must know of the pool's own name beside a label: nothing where the pool shows none; flagged
 * where the two disagree, because then the id may be somebody else's.
 */
export function nameNote(label: string, name = ""): string {
  if (name === "") return "";
  const disagree = label.trim() !== "" && !agree(label, name);
  return `in GenAuth: ${printable(name)}${disagree ? "; LABEL AND NAME DISAGREE" : ""}`;
}

/**
 * Whether one holds all words of the other, in any order and case: "Lee, Ann (Sales)" agrees with "Ann Lee".
 */
function agree(label: string, name: string): boolean {
  const [of, other] = [wordsOf(label), wordsOf(name)];
  return isWithin(of, other) || isWithin(other, of);
}

function isWithin(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  return some.size > 0 && [...some].every((word) => all.has(word));
}

function wordsOf(text: string): Set<string> {
  return new Set(
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [],
  );
}
