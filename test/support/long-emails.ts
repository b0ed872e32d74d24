import { createHash } from "node:crypto";

/** The maximum lengths of an e-mail address and its part before the @ (source: RFC 5321, 4.5.3.1). */
const LONGEST = 254;
const LONGEST_LOCAL_PART = 64;

/**
 * Makes e-mail addresses of maximum length that are hard to compress: random before the @, in 20 domains.
 *
 * @returns the same addresses for the same count
 */
export function longEmails(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const domain = letters(`domain ${index % 20}`, LONGEST - LONGEST_LOCAL_PART - 1 - ".example".length);
    return `${letters(`user ${index}`, LONGEST_LOCAL_PART)}@${domain}.example`;
  });
}

function letters(seed: string, length: number): string {
  const digits = createHash("shake256", { outputLength: length }).update(seed).digest();
  return [...digits].map((byte) => (byte % 36).toString(36)).join("");
}
