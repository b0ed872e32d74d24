import { error, UNKNOWN, warning, type Diagnostic, type PlanRequest } from "../../plugin";
import { type ChangePlan, type PlannedSets, type Resolution } from "../../users";
import type { ProviderContext } from "../context";
import type { SetUpdate } from "./change";
import { decodeMemory, isReadable } from "./memory-codec";
import { idTypeOf, retainedOf, usersOf } from "./model";
import type { UserSetModel, userSetSchema } from "./schema";

type PlannedSet = Parameters<PlannedSets["add"]>[0];
type Request = PlanRequest<typeof userSetSchema, ProviderContext>;

/** Checks an updated set against all other sets that this process has planned. */
export function noteUpdatedSet(
  planned: UserSetModel,
  { type, prior, declared, difference, retained, suspendDays }: SetUpdate["change"],
  { leaving, due, resolutions }: ChangePlan,
  { privateData, keepsPrivateData, context }: Pick<Request, "privateData" | "keepsPrivateData" | "context">,
): Diagnostic[] {
  const set = {
    type,
    declared,
    retained,
    isOpen: isOpen(planned, context),
    isProtected: protectionOf(planned, context),
    added: difference.added.keys(),
    leavers: [...leaving, ...due],
    suspendDays,
    prior: prior.keys(),
    readBindings: bindingsReader(privateData),
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
    type: idTypeOf(planned),
    declared,
    retained: retainedOf(planned),
    isOpen: isOpen(planned, context),
    isProtected: protectionOf(planned, context),
    added: declared.keys(),
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
  const users = usersOf(prior) ?? new Map<string, string>();
  const retained = retainedOf(planned);
  const kept = new Set(retained);
  // Until all protected users are known, the engine configures the provider again, with all of them, before it applies
  // a set.
  const leaving = context.protectedUsersKnown
    ? [...users].filter(([id]) => !kept.has(id) && !context.protectedUsers.matchId(id, type))
    : [];
  return add(context, {
    type,
    retained,
    mayLeave: leaving,
    prior: users.keys(),
    readBindings: bindingsReader(privateData),
  });
}

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
    type: idTypeOf(prior),
    released: released.keys(),
    prior: released.keys(),
    // A set with damaged private data can still be released.
    readBindings: isReadable(privateData) ? bindingsReader(privateData) : undefined,
  });
}

function bindingsReader(privateData: Uint8Array): PlannedSet["readBindings"] {
  return (ids) => decodeMemory(privateData, ids).bindings;
}

function add({ plannedSets }: ProviderContext, set: PlannedSet, keepsAdded = false): Diagnostic[] {
  const { refusals, warnings } = plannedSets.add(set, keepsAdded);
  return [
    ...refusals.map(({ summary, detail }) => error(summary, detail)),
    ...warnings.map(({ summary, detail }) => warning(summary, detail)),
  ];
}
