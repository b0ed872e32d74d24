import { compact } from "../lists";
import { printable } from "../text";
import { parseState } from "../terraform-json";
import {
  canonicalId,
  checkUserId,
  type DirectoryUser,
  idsOfUser,
  ProtectedUsers,
  type Resolution,
  USER_ID_TYPES,
  userIdKey,
  type UserIdType,
  type UserLookUps,
} from "../users";
import { usersNamedBy } from "./drift-report";
import { type AddressedSet, readStateSets } from "./set-snapshot";

/** How a set stands to somebody, as the end of a sentence that begins with the set. */
const STANDINGS = {
  declares: "declares the user",
  not_gone: "removed the user, and the deletion is not confirmed",
  waits: "suspended the user, who waits for the deletion",
  returns: "suspended the user, who is declared again and waits for no deletion",
  retains: "keeps the user: retained_ids",
} as const;

type Standing = keyof typeof STANDINGS;

/** What one set says about somebody, by an id. */
interface Membership {
  readonly set: string;
  readonly user_id_type: UserIdType;
  /** The name of the set's user pool, which may be another one; absent if its provider has none. */
  readonly user_pool_name?: string | undefined;
  readonly standing: Standing;
  /** The id by which the set knows the user. */
  readonly id: string;
  /** What the set says beside it: the label, or the day until which the user waits. */
  readonly note?: string | undefined;
}

/** What is known about an id. */
export interface PersonReport {
  readonly format_version: "1.0";
  readonly kind: "person";
  readonly id: string;
  readonly host: string;
  /** The users that the id names in the pool; several, if they have it as ids of different types. */
  readonly people: readonly FoundPerson[];
  /** The types as which nobody has the id. */
  readonly not_found_as: readonly UserIdType[];
  /** The types as which GenAuth did not say, with its reason. */
  readonly not_known: readonly { readonly user_id_type: UserIdType; readonly why: string }[];
  /** The sets that name the id itself, if nobody in the pool has it and a state was read. */
  readonly sets: readonly Membership[] | undefined;
}

/** Somebody that an id names. */
interface FoundPerson {
  readonly user_id: string;
  /** The types by which the given id names the user. */
  readonly found_as: readonly UserIdType[];
  readonly ids: readonly { readonly user_id_type: UserIdType; readonly id: string }[];
  readonly name: string | undefined;
  readonly status: string | undefined;
  readonly status_since: string | undefined;
  /** The sets that name the user; absent if no state was read. */
  readonly sets: readonly Membership[] | undefined;
  /** The id or pattern of the operator's file of protected users that means the user. */
  readonly protected_by: { readonly user_id_type: UserIdType; readonly id: string } | undefined;
}

/**
 * Reads how the sets of a state stand to their users.
 *
 * @param text the output of `terraform show -json`
 * @throws Error if it is no state
 */
export function readStandings(text: string): Membership[] {
  return readStateSets(parseState(text)).flatMap(standingsInState);
}

function standingsInState({ address, set }: AddressedSet): Membership[] {
  const { users, suspended, retained, drift, sensitive } = set;
  const own = { set: address, user_id_type: set.userIdType, user_pool_name: set.userPoolName };
  const of = (standing: Standing, id: string, note?: string): Membership => ({ ...own, standing, id, note });
  const standingOf = (id: string) => (drift.survivors.includes(id) ? "not_gone" : "declares");
  return [
    ...[...users].map(([id, label]) => of(standingOf(id), id, sensitive ? undefined : label || undefined)),
    ...[...suspended].map(([id, day]) => of("waits", id, `until ${day}`)),
    ...retained.map((id) => of("retains", id)),
  ];
}

/**
 * What the sets say about one person. Who is declared again waits no longer, also before an apply has
 * reactivated them.
 */
function standingsOf(person: readonly Membership[]): Membership[] {
  const declaring = person.flatMap(({ set, standing }) => (standing === "declares" ? [set] : []));
  const returns = ({ set, standing }: Membership) => standing === "waits" && declaring.includes(set);
  return person.map((one) => (returns(one) ? { ...one, standing: "returns", note: undefined } : one));
}

/** What a person is looked up in. */
interface PersonSources {
  readonly lookUps: UserLookUps;
  readonly host: string;
  /** What the sets say about everybody, if a state is read. */
  readonly standings?: readonly Membership[] | undefined;
  /** The operator's. */
  readonly protectedUsers: ReadonlyMap<UserIdType, readonly string[]>;
}

/**
 * Finds out who an id names, as an id of every type that it can be of.
 *
 * @throws Error if nobody is found, and it is not known whether somebody has the id
 */
export async function findPerson(
  id: string,
  { lookUps, host, standings, protectedUsers }: PersonSources,
): Promise<PersonReport> {
  const found = new Map<string, { readonly user: DirectoryUser; readonly types: UserIdType[] }>();
  const not_found_as: UserIdType[] = [];
  const not_known: { readonly user_id_type: UserIdType; readonly why: string }[] = [];
  let resolution: Resolution | undefined;
  // People copy a phone with blanks and hyphens.
  const spellings = USER_ID_TYPES.map((type) => ({
    type,
    spelt: checkUserId(id, type) === undefined ? id : canonicalId(id, type),
  }));
  for (const { type, spelt } of spellings.filter((its) => checkUserId(its.spelt, its.type) === undefined)) {
    // An outage would meet the other types as well, each only after all attempts.
    const isDown = resolution?.kind === "undecided" && resolution.failure.transient;
    if (!isDown) resolution = (await lookUps.resolve([spelt], type)).get(spelt);
    for (const user of usersNamedBy(resolution)) {
      const key = userIdKey(user.userId);
      found.set(key, { user, types: [...(found.get(key)?.types ?? []), type] });
    }
    if (resolution?.kind === "absent") not_found_as.push(type);
    if (resolution?.kind === "undecided")
      not_known.push({ user_id_type: type, why: resolution.failure.message });
  }
  if (found.size === 0 && not_known[0])
    throw new Error(
      `It is not known whether the pool at ${host} has this user, as ${not_known.map(({ user_id_type }) => user_id_type).join(", ")}: ${not_known[0].why}`,
    );
  const operator = ProtectedUsers.of(protectedUsers);
  const people = [...found.values()].map(({ user, types }): FoundPerson => {
    const match = operator.match(user);
    return {
      user_id: user.userId,
      found_as: types,
      ids: USER_ID_TYPES.flatMap((type) =>
        idsOfUser(user, type).map((own) => ({ user_id_type: type, id: own })),
      ),
      name: user.name,
      status: user.status,
      status_since: user.statusChangedAt,
      sets: standings && standingsOf(standings.filter((one) => idOf(one).match(user))),
      protected_by: match && { user_id_type: match.type, id: match.id },
    };
  });
  return {
    format_version: "1.0",
    kind: "person",
    id,
    host,
    people,
    not_found_as,
    not_known,
    sets:
      people.length > 0
        ? undefined
        : standings && standingsOf(standings.filter((one) => idOf(one).matchId(id, one.user_id_type))),
  };
}

/** Finds who the id of a set means, as sets find the users that others protect. */
function idOf({ user_id_type: type, id }: Membership): ProtectedUsers {
  return ProtectedUsers.of(new Map([[type, [id]]]));
}

/** Writes what is known about an id as text. */
export function personText({ id, host, people, not_found_as, not_known, sets }: PersonReport): string {
  const lines = people.flatMap((person) => [
    `${id} is in the pool at ${host}, found as ${person.found_as.join(", ")}.`,
    ...person.ids.map(({ user_id_type, id: own }) => `  ${user_id_type.padEnd(13)} ${own}`),
    `  ${"name".padEnd(13)} ${person.name ?? "none"}`,
    `  ${"status".padEnd(13)} ${person.status ?? "not shown"}${person.status_since === undefined ? "" : `, since ${person.status_since}`}`,
    ...setLines(person.sets),
    ...compact(
      person.protected_by &&
        `Protected: GENAUTH_PROTECTED_USERS_FILE names ${person.protected_by.id} (${person.protected_by.user_id_type}), so no set deletes the user.`,
    ),
    "",
  ]);
  if (people.length === 0)
    lines.push(
      `${id} is not in the pool at ${host}: nobody has it as ${not_found_as.join(", ")}.`,
      ...setLines(sets),
      "",
    );
  const open = not_known.map(
    ({ user_id_type, why }) => `Not known: whether somebody has it as ${user_id_type}. ${why}`,
  );
  return [...lines, ...open].map((line) => `${printable(line)}\n`).join("");
}

function setLines(sets?: readonly Membership[]): string[] {
  if (sets?.length === 0) return ["No set of this state declares, keeps or has suspended the user."];
  return (sets ?? []).map(({ set, user_id_type, user_pool_name, id, standing, note }) => {
    const pool = user_pool_name === undefined ? "" : `, user pool ${user_pool_name}`;
    const beside = note === undefined ? "" : ` (${note})`;
    return `${set}: ${STANDINGS[standing]}, as ${user_id_type} ${id}${beside}${pool}`;
  });
}
