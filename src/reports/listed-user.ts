import * as z from "zod";
import { UserIdType } from "../users";

/** A user of a set, as every report lists one. */
export const ListedUser = z.object({
  set: z.string().describe("The address of the set, or the name of the user file."),
  user_id_type: z.enum(UserIdType),
  id: z.string().describe("The user's id; with --redact, a keyed hash of it."),
  label: z.string().describe("As it is declared; may be empty, and is with --redact."),
});

export type ListedUser = z.infer<typeof ListedUser>;

/** How many of something there are. */
export const Count = z.number().int().min(0);

/** Of every report's JSON. */
export const FormatVersion = z
  .literal("1.0")
  .describe("A new minor version only adds; a new major version may change anything.");
