import { createHash } from "node:crypto";

/** The longest that an e-mail address and its part before the @ may be (source: RFC 5321, 4.5.3.1). */
const LONGEST = 254;
const LONGEST_LOCAL_PART = 64;

/**
 * E-mail addresses of the greatest length, hard to compress: each is random before the @, and in one of 20 domains.
 *
 * @returns the same ones for the same count
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
