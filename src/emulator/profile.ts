import * as z from "zod";
import type { EmulatorOptions } from "./emulator";
import type { Variants } from "./variants";

const matching = z.enum(["whole", "part", "word"]);
const letterCase = z.enum(["ignored", "significant"]);
const milliseconds = z.number().min(0);
const limit = z.number().int().min(1);

const VariantsSchema = z
  .strictObject({
    unknownIdsInLookUps: z.enum(["omit", "refuse"]),
    emailCase: letterCase,
    emailCaseInDeletions: letterCase,
    otherCase: letterCase,
    lookUpMatching: matching,
    deletionMatching: matching,
    malformedIds: z.enum(["omit", "refuse"]),
    unknownIdTypes: z.enum(["refuse", "as_user_id"]),
    deletionSuccess: z.enum(["shown", "absent"]),
    longestUrl: limit,
    identities: z.enum(["shown", "hidden"]),
    suspended: z.enum(["shown", "hidden", "hidden_alone"]),
    listed: z.enum(["everybody", "without_suspended", "without_last"]),
    omittedStatus: z.enum(["kept", "activated"]),
    omittedFields: z.enum(["kept", "emptied"]),
    unknownIdsInUpdates: z.enum(["refuse", "omit"]),
    mostUpdates: limit,
    suspension: z.enum(["accepted", "refused"]),
    statusChangedAt: z.enum(["shown", "hidden", "unchanged", "each_update"]),
    statusChangedAtDelayMs: milliseconds,
    searchWindow: limit,
    conditions: z.enum(["all", "any", "ignored"]),
    bounds: z.enum(["inclusive", "exclusive"]),
    nulls: z.enum(["unmatched", "least"]),
    sorting: z.enum(["as_asked", "ignored"]),
    searchDelayMs: milliseconds,
    creationDelayMs: milliseconds,
    invalidDomain: z.enum(["accepted", "refused"]),
    unknownIdentitySources: z.enum(["accepted", "refused"]),
    freedIds: z.enum(["free", "taken"]),
    childDepartments: z.enum(["asked", "always"]),
    hiddenFields: z.array(z.string().min(1)),
    archived: z.enum(["listed", "left_out"]),
    archiveDelayMs: milliseconds,
    archiveStartAt: z.enum(["seconds", "milliseconds"]),
    tenants: z.enum(["separate", "ignored"]),
  } satisfies Record<keyof Variants, z.ZodType>)
  .partial();

/** How a service behaves, as a rehearsal found it, for an emulator that behaves in the same way. Names no user. */
export const ProfileSchema = z.strictObject({
  format_version: z
    .literal("1.0")
    .describe("A new minor version only adds fields; a new major version may change anything."),
  kind: z.literal("profile"),
  unknownIds: z.enum(["ignore", "refuse"]).optional().describe("How a deletion treats an id without a user."),
  order: z.enum(["as_asked", "reversed"]).optional().describe("The order of answers to a batch look-up."),
  consistencyDelayMs: milliseconds
    .optional()
    .describe("For how many milliseconds look-ups still show a user as before a change or deletion."),
  variants: VariantsSchema.optional().describe(
    "The other differences from GenAuth's documentation; src/emulator/variants.ts describes them.",
  ),
});

export type Profile = z.infer<typeof ProfileSchema>;

/** The options of an emulator that behaves like a profile. */
export function optionsOf({
  unknownIds,
  order,
  consistencyDelayMs,
  variants = {},
}: Profile): EmulatorOptions {
  return {
    ...(unknownIds !== undefined && { unknownIds }),
    ...(order !== undefined && { order }),
    ...(consistencyDelayMs !== undefined && { consistencyDelayMs }),
    variants: withoutUndefined(variants),
  };
}

/** JSON has no such value, but the type of an optional field does. */
function withoutUndefined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const given = Object.entries(fields).filter(([, value]: [string, unknown]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]: Exclude<T[K], undefined> };
}
