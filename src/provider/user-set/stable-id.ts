import { createHash } from "node:crypto";

/**
 * Derives the `id` of a set from what it is made of, the same each time: the engine imports or moves a set at
 * plan and again at apply, and compares the two. The id is a custom UUID (version 8, RFC 9562).
 */
export function stableId(text: string): string {
  const digest = createHash("sha256").update(text).digest("hex");
  return digest.replace(/(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, "$1-$2-8$3-8$4-$5");
}
