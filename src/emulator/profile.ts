import * as z from "zod";
import type { EmulatorOptions } from "./emulator";
import type { Variants } from "./variants";

const matching = z.enum(["whole", "part", "word"]);
const letterCase = z.enum(["ignored", "significant"]);
const milliseconds = z.number().min(0);
const limit = z.number().int().min(1);

/** Checks how a deployment differs from others. */
export const VariantsSchema = z
  .strictObject({
    unknownIdsInLookUps: z
      .enum(["omit", "refuse"])
      .describe(
        "How a look-up of many ids treats one without a user: it leaves it out, or refuses the whole call.",
      ),
    emailCase: letterCase.describe("Whether look-ups by e-mail tell upper from lower case."),
    emailCaseInDeletions: letterCase.describe("Whether deletions by e-mail do."),
    otherCase: letterCase.describe(
      "Whether system user ids, user names and external ids tell upper from lower case.",
    ),
    lookUpMatching: matching.describe(
      "Whom an id names in a look-up: who has exactly this id, an id that holds it as a part, or one that shares a word with it.",
    ),
    deletionMatching: matching.describe("The same in a deletion."),
    malformedIds: z
      .enum(["omit", "refuse"])
      .describe(
        "How a look-up of many ids treats one that cannot be an id: it leaves it out, or refuses the whole call.",
      ),
    unknownIdTypes: z
      .enum(["refuse", "as_user_id"])
      .describe(
        "How a deletion takes an id type that GenAuth does not document: it refuses it, or takes it for user_id.",
      ),
    deletionSuccess: z
      .enum(["shown", "absent"])
      .describe("Whether a deletion that was carried out says success: true."),
    longestUrl: limit.describe(
      "The longest path with query, in characters; a longer one is refused with HTTP 414. A rehearsal does not find it out.",
    ),
    identities: z.enum(["shown", "hidden"]).describe("Whether look-ups show identities."),
    suspended: z
      .enum(["shown", "hidden", "hidden_alone"])
      .describe(
        "Whether look-ups show suspended users; hidden_alone: get-user-batch does, and get-user does not.",
      ),
    listed: z
      .enum(["everybody", "without_suspended", "without_last"])
      .describe("Whom a search shows; without_last: it counts everybody and leaves the last one out."),
    omittedStatus: z
      .enum(["kept", "activated"])
      .describe("What an update does to a status that an item leaves out."),
    omittedFields: z
      .enum(["kept", "emptied"])
      .describe("What an update does to other fields that an item leaves out."),
    unknownIdsInUpdates: z
      .enum(["refuse", "omit"])
      .describe("How an update treats an item without a user: it refuses the whole call, or passes over it."),
    mostUpdates: limit.describe("The most items of an update."),
    suspension: z.enum(["accepted", "refused"]).describe("Whether an update accepts the status Suspended."),
    statusChangedAt: z
      .enum(["shown", "hidden", "unchanged", "each_update"])
      .describe(
        "Whether users show when their status changed; unchanged: the first time always; each_update: the time of the last update with a status.",
      ),
    statusChangedAtDelayMs: milliseconds.describe(
      "For how many milliseconds they show the time before. A rehearsal does not find it out.",
    ),
    searchWindow: limit.describe(
      "The last position of a list that can be read. A rehearsal does not find it out.",
    ),
    conditions: z
      .enum(["all", "any", "ignored"])
      .describe("How a search takes several conditions: all must hold, any of them, or it ignores them."),
    bounds: z
      .enum(["inclusive", "exclusive"])
      .describe("Whether a comparison in a search includes the bound itself."),
    nulls: z
      .enum(["unmatched", "least"])
      .describe("Whether a field without a value meets no comparison, or is less than every value."),
    sorting: z
      .enum(["as_asked", "ignored"])
      .describe("Whether a search sorts as asked; otherwise the newest user comes first."),
    searchDelayMs: milliseconds.describe(
      "For how many milliseconds a search still shows users as before a change.",
    ),
    creationDelayMs: milliseconds.describe("For how many milliseconds look-ups do not show a new user."),
    invalidDomain: z
      .enum(["accepted", "refused"])
      .describe("Whether a creation accepts e-mails that end in .invalid."),
    unknownIdentitySources: z
      .enum(["accepted", "refused"])
      .describe("Whether a creation accepts identities of a source that the pool does not have."),
    freedIds: z
      .enum(["free", "taken"])
      .describe("Whether the ids of a deleted user can be given to another one."),
    childDepartments: z
      .enum(["asked", "always"])
      .describe(
        "Whether a list of the members of a department holds those of the departments below only if asked to. A rehearsal does not find it out.",
      ),
    hiddenFields: z
      .array(z.string().min(1))
      .describe("Fields that lists and look-ups leave out. A rehearsal does not find it out."),
    archived: z.enum(["listed", "left_out"]).describe("Whether the list of archived users shows deletions."),
    archiveDelayMs: milliseconds.describe("After how many milliseconds it shows them."),
    archiveStartAt: z.enum(["seconds", "milliseconds"]).describe("The unit of startAt of that list."),
    tenants: z
      .enum(["separate", "ignored"])
      .describe("Whether a call for a tenant sees only its users. A rehearsal does not find it out."),
  } satisfies Record<keyof Variants, z.ZodType>)
  .partial();

/** How a service behaves, as a rehearsal found it, for an emulator that behaves in the same way. Names no user. */
export const ProfileSchema = z.strictObject({
  format_version: z
    .literal("1.0")
    .describe("A new minor version only adds fields; a new major version may change anything."),
  kind: z.literal("profile").describe("Tells a profile from a report."),
  unknownIds: z.enum(["ignore", "refuse"]).optional().describe("How a deletion treats an id without a user."),
  order: z.enum(["as_asked", "reversed"]).optional().describe("The order of answers to a batch look-up."),
  consistencyDelayMs: milliseconds
    .optional()
    .describe("For how many milliseconds look-ups still show a user as before a change or deletion."),
  variants: VariantsSchema.optional().describe(
    "Where GenAuth's documentation leaves the behavior open. A field that is absent: as GenAuth documents it, or not known.",
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
