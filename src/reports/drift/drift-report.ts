import * as z from "zod";
import { UserIdType } from "../../users";
import { Count, FormatVersion, ListedUser } from "../listed-user";

const CheckedSet = z.object({
  name: z.string().describe("The address of the set in Terraform, or the name of the user file."),
  user_id_type: z.enum(UserIdType),
  declared: Count,
  missing: Count,
  survivors: Count,
});

const PoolUser = z.object({
  user_id: z.string().describe("GenAuth's own id of the user; with --redact, a keyed hash of it."),
  name: z.string().describe("As the pool shows it; may be empty, and is with --redact."),
  email: z.string(),
  status: z.string(),
});

/** What `genauth-users drift --format json` writes. */
export const DriftReportSchema = z.object({
  format_version: FormatVersion,
  kind: z.literal("drift"),
  verdict: z.enum(["no_drift", "drift"]),
  redacted: z.boolean(),
  host: z.string().describe("The API that was asked."),
  totals: z.object({
    declared: Count,
    missing: Count,
    survivors: Count,
    undeclared: Count,
    unchecked: Count,
  }),
  sets: z.array(CheckedSet),
  missing: z.array(ListedUser).describe("Declared, but not in the user pool."),
  survivors: z.array(ListedUser).describe("Removed from a set, but still in the user pool."),
  undeclared: z
    .array(PoolUser)
    .describe("In the user pool, but in no set; empty unless they were asked for."),
  unchecked: z.array(ListedUser).describe("GenAuth did not say who these are; they count as neither."),
});

export type DriftReport = z.infer<typeof DriftReportSchema>;
export type UndeclaredUser = z.infer<typeof PoolUser>;
