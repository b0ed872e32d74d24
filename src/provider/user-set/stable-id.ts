import { createHash } from "node:crypto";

/**
 * Derives the `id` of a set from what it is made of, the same each time: the engine imports or moves a set at plan and again at
 * apply, and compares the two. The id is a custom UUID (version 8, RFC 9562).
 */
export function stableId(text: string): string {
  const digest = createHash("sha256").update(text).digest("hex");
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join("-");
}
