import { error, UNKNOWN, warning, type Diagnostic, type PlanRequest } from "../../plugin";
import {
  type Decision,
  type Fate,
  leaversWith,
  PackedIds,
  type PlannedSet,
  type Resolution,
} from "../../users";
import type { ProviderContext } from "../context";
import type { SetUpdate } from "./change";
import { decodeMemory, isReadable } from "./memory-codec";
import { idTypeOf, retainedOf, usersOf } from "./model";
import type { UserSetModel, userSetSchema } from "./schema";

type Request = PlanRequest<typeof userSetSchema, ProviderContext>;

/** How many users of a set a message names. */
const NAMED = 3;

const NOTHING: Omit<PlannedSet, "type" | "readBindings"> = {
  declared: PackedIds.NONE,
  first: [],
  retained: [],
  isOpen: false,
  added: PackedIds.NONE,
  leavers: [],
  suspendDays: 0,
  released: PackedIds.NONE,
  resolutions: new Map(),
  isProtected: () => false,
};

/** Checks an updated set against all other sets that this process has planned. */
export function noteUpdatedSet(
  planned: UserSetModel,
  { type, prior, declared, difference, retained, suspendDays }: SetUpdate["change"],
  { leaving, waiting, resolutions }: Decision,
  { privateData, keepsPrivateData, context }: Pick<Request, "privateData" | "keepsPrivateData" | "context">,
): Diagnostic[] {
  const set = {
    ...NOTHING,
    type,
    ...pack(declared),
    retained,
    isOpen: isOpen(planned, context),
    isProtected: protectionOf(planned, context),
    added: new PackedIds(difference.added.keys()),
    leavers: [...leaving, ...leaversWith(waiting, "delete")],
    suspendDays,
    readBindings: bindingsReader(privateData, prior),
    resolutions,
  };
  return add(context, set, keepsPrivateData);
}

/** Checks a new set against all other sets that this process has planned. */
export function noteCreatedSet(
  planned: UserSetModel,
  resolutions: ReadonlyMap<string, Resolution>,
  context: ProviderContext,
): Diagnostic[] {
  const declared = usersOf(planned) ?? new Map<string, string>();
  return add(context, {
    ...NOTHING,
    type: idTypeOf(planned),
    ...pack(declared),
    retained: retainedOf(planned),
    isOpen: isOpen(planned, context),
    isProtected: protectionOf(planned, context),
    added: new PackedIds(declared.keys()),
    readBindings: () => new Map(),
    resolutions,
  });
}

/**
 * Checks a set whose users are not known yet, and are allowed to be unknown, against all other sets that this process
 * has planned: any of its users may be removed, and apply does not plan unchanged sets again, which may declare that
 * user.
 */
export function noteUnknownSet(
  prior: UserSetModel,
  planned: UserSetModel,
  privateData: Uint8Array,
  context: ProviderContext,
): Diagnostic[] {
  const type = idTypeOf(prior);
  const held = usersOf(prior) ?? new Map<string, string>();
  const retained = retainedOf(planned);
  const kept = new Set(retained);
  // Until all protected users are known, the engine configures the provider again, with all of them, before it applies
  // a set.
  const leaving = context.protectedUsersKnown
    ? [...held].filter(([id]) => !kept.has(id) && !context.protectedUsers.matchId(id, type))
    : [];
  return add(context, {
    ...NOTHING,
    type,
    retained,
    leavers: leaving.map(([id, label]) => ({ id, label, fate: USERS_NOT_KNOWN_YET })),
    readBindings: bindingsReader(privateData, held),
  });
}

const USERS_NOT_KNOWN_YET = {
  kind: "undecided",
  failure: {
    message: "The users of the set are not known before apply.",
    reach: "every_call",
    effect: "none",
    transient: true,
  },
} as const satisfies Fate;

/**
 * Whether it is not known yet which users this set will declare or retain, so that other sets cannot be checked against
 * it. Unknown protected users make this harmless: the engine configures the provider with all of them before it applies
 * any set.
 */
function isOpen(
  { users, retained_user_ids: retained, allow_unknown_users: allowed }: UserSetModel,
  { protectedUsersKnown }: ProviderContext,
): boolean {
  if (allowed === true || !protectedUsersKnown) return false;
  return users === UNKNOWN || retained === UNKNOWN || (retained?.includes(UNKNOWN) ?? false);
}

/** Protected users that are not known yet count as all users that the configuration declares, as in `isOpen`. */
function protectionOf(
  planned: UserSetModel,
  { protectedUsers, protectedUsersKnown }: ProviderContext,
): PlannedSet["isProtected"] {
  const type = idTypeOf(planned);
  return (id) => !protectedUsersKnown || protectedUsers.matchId(id, type) !== undefined;
}

/** Checks a released set against all other sets that this process has planned. */
export function noteReleasedSet(
  prior: UserSetModel,
  privateData: Uint8Array,
  context: ProviderContext,
): Diagnostic[] {
  const released = usersOf(prior) ?? new Map<string, string>();
  return add(context, {
    ...NOTHING,
    type: idTypeOf(prior),
    released: new PackedIds(released.keys()),
    // A set with damaged private data can still be released.
    readBindings: isReadable(privateData) ? bindingsReader(privateData, released) : () => new Map(),
  });
}

function pack(declared: ReadonlyMap<string, string>): Pick<PlannedSet, "declared" | "first"> {
  const first: { readonly id: string; readonly label: string }[] = [];
  for (const [id, label] of declared) {
    if (first.length === NAMED) break;
    first.push({ id, label });
  }
  return { declared: new PackedIds(declared.keys()), first };
}

function bindingsReader(
  privateData: Uint8Array,
  held: ReadonlyMap<string, string>,
): PlannedSet["readBindings"] {
  const ids = new PackedIds(held.keys());
  return () => decodeMemory(privateData, ids.unpack()).bindings;
}

function add({ plannedSets }: ProviderContext, set: PlannedSet, keepsAdded = false): Diagnostic[] {
  const { refusals, warnings } = plannedSets.add(set, keepsAdded);
  return [
    ...refusals.map(({ summary, detail }) => error(summary, detail)),
    ...warnings.map(({ summary, detail }) => warning(summary, detail)),
  ];
}
