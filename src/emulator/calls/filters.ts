import * as z from "zod";

/** One condition of an advanced search: a field of the user, an operator, and what it is compared with. */
export const Filter = z.discriminatedUnion("operator", [
  z.object({ field: z.string(), operator: z.enum(["EQUAL", "NOT_EQUAL"]), value: z.unknown() }),
  z.object({ field: z.string(), operator: z.enum(["CONTAINS", "NOT_CONTAINS"]), value: z.string() }),
  z.object({ field: z.string(), operator: z.enum(["IS_NULL", "NOT_NULL"]), value: z.unknown().optional() }),
  z.object({ field: z.string(), operator: z.literal("IN"), value: z.array(z.unknown()) }),
  z.object({
    field: z.string(),
    operator: z.enum(["GREATER", "LESSER"]),
    value: z.union([z.string(), z.number()]),
  }),
  z.object({
    field: z.string(),
    operator: z.literal("BETWEEN"),
    value: z.tuple([z.union([z.string(), z.number()]), z.union([z.string(), z.number()])]),
  }),
]);

export type Filter = z.infer<typeof Filter>;

/** The fields of a user, by the names that answers give them. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Whether a user's fields meet a condition. `GREATER`, `LESSER` and `BETWEEN` include their bounds, as GenAuth's do.
 */
export function meets(fields: Fields, filter: Filter): boolean {
  // The search calls the system user id by another name than the answers do.
  const held = fields[filter.field === "id" ? "userId" : filter.field] ?? null;
  switch (filter.operator) {
    case "EQUAL":
      return held === filter.value;
    case "NOT_EQUAL":
      return held !== filter.value;
    case "CONTAINS":
      return contains(held, filter.value);
    case "NOT_CONTAINS":
      return !contains(held, filter.value);
    case "IS_NULL":
      return held === null;
    case "NOT_NULL":
      return held !== null;
    case "IN":
      return filter.value.includes(held);
    case "GREATER":
      return isOrdered(filter.value, held);
    case "LESSER":
      return isOrdered(held, filter.value);
    case "BETWEEN":
      return isOrdered(filter.value[0], held) && isOrdered(held, filter.value[1]);
  }
}

/** Whether any of the fields holds the words, upper and lower case alike. */
export function holds(fields: Fields, keywords: string, searched: readonly string[]): boolean {
  return searched.some((field) => contains(fields[field === "id" ? "userId" : field], keywords));
}

function contains(held: unknown, part: string): boolean {
  return typeof held === "string" && held.toLowerCase().includes(part.toLowerCase());
}

/** Numbers compare as numbers, text as text (dates are ISO 8601), and anything else not at all. */
function isOrdered(low: unknown, high: unknown): boolean {
  if (typeof low === "number" && typeof high === "number") return low <= high;
  return typeof low === "string" && typeof high === "string" && low <= high;
}
