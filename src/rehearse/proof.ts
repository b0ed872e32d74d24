import type { FullUser, PoolProbe, UserSearch } from "../api";
import { findUsers, RehearsalHalt, searchPage } from "./find";
import { showsMark, type TestUser } from "./marks";

/** A deletion call. */
export interface Deletion {
  /** What it asks, for the journal. */
  readonly question: string;
  readonly ids: readonly string[];
  readonly type: string;
}

/** What a proof knows. */
export interface ProofContext {
  readonly probe: PoolProbe;
  /** The mark of the run. */
  readonly run: string;
  /** The test users, by system user id. */
  readonly created: ReadonlyMap<string, TestUser>;
  /** Ids that were made up for this run. */
  readonly madeUp: ReadonlySet<string>;
  /** Whether the pool held nobody before the run. */
  readonly wasEmpty: boolean;
}

/**
 * Proves that the ids of a deletion can name nobody but test users, also where a service takes an id as a part of others, or
 * word by word.
 *
 * @returns why the deletion is not sent; `undefined` if it may be
 * @throws RehearsalHalt if a test user's id shows somebody else
 */
export async function proveIds({ ids, type }: Deletion, known: ProofContext): Promise<string | undefined> {
  for (const id of new Set(ids)) {
    const own = type === "user_id" ? known.created.get(id) : undefined;
    if (own) await proveOwnId(own, known);
    else {
      const why =
        (await proveWords(id, type, known)) ??
        (known.madeUp.has(id) ? undefined : await proveId(id, type, known));
      if (why !== undefined) return why;
    }
  }
  const madeUp = ids.filter((id) => known.madeUp.has(id));
  if (madeUp.length > 0 && (await findUsers(known.probe, madeUp, knownType(type))).length > 0)
    return "a look-up of an id that was made up finds somebody";
  return undefined;
}

/** Of an id type that no look-up knows, only made-up ids and system user ids are sent. */
function knownType(type: string): string {
  return type === UNKNOWN_TYPE ? "user_id" : type;
}

/** An id type that GenAuth does not document. */
export const UNKNOWN_TYPE = "no_such_type";

/** Whoever the answer to a creation named is a test user. Look-ups may hide it, but must not show anybody else. */
async function proveOwnId({ userId, token }: TestUser, { probe }: ProofContext): Promise<void> {
  const found = await findUsers(probe, [userId], "user_id");
  if (found.length > 1 || !found.every((user) => user.userId === userId && showsMark(user, token)))
    throw new RehearsalHalt("A deletion was not sent, because a look-up of a test user shows another user.");
}

/** Whoever a look-up finds by the id, it must be one test user who has it as written; and nobody by a part of it. */
async function proveId(
  id: string,
  asType: string,
  { probe, created }: ProofContext,
): Promise<string | undefined> {
  const type = knownType(asType);
  const found = await findUsers(probe, [id], type);
  const [user] = found;
  if (found.length > 1) return `a look-up by it finds ${found.length} users`;
  if (user) {
    if (!isOurs(user, created)) return "a look-up by it finds somebody else";
    if (!isNamed(user, type, id)) return "the user whom a look-up finds by it does not show it";
  }
  for (const part of new Set([id.slice(0, -1), ...wordsOf(id)])) {
    if (part === id) continue;
    const holders = await findUsers(probe, [part], type);
    // A word of an id may be the whole id of a test user.
    const areWhole = holders.every((holder) => isOurs(holder, created) && isNamed(holder, type, part));
    if (!areWhole) return "a look-up finds users by a part of it";
  }
  return undefined;
}

function isOurs(user: FullUser, created: ProofContext["created"]): boolean {
  const own = created.get(user.userId);
  return own !== undefined && showsMark(user, own.token);
}

/** Whether a user shows an id, in any case of letters. */
function isNamed(user: FullUser, type: string, id: string): boolean {
  return namesOf(user, type).some((name) => name.toLowerCase() === id.toLowerCase());
}

/** Each word of an id must be of this run, or be a word that nobody else has. */
async function proveWords(id: string, type: string, known: ProofContext): Promise<string | undefined> {
  const { run, created, madeUp } = known;
  const own = new Set([...created.keys(), ...madeUp].map((word) => word.toLowerCase()));
  const words = wordsOf(id);
  const shared = words.filter((word) => !word.includes(run) && !own.has(word));
  const digits = id.replaceAll(/\D/g, "");
  const isOwnPhone = [...created.values()].some(({ phone }) => phone !== undefined && digits.endsWith(phone));
  if (shared.length === words.length && !isOwnPhone) return "it is not an id of this run";
  if (shared.length === 0 || (await holdsNobodyElse(known))) return undefined;
  const field = SEARCHED[type];
  for (const word of shared) {
    const condition =
      field === undefined ? undefined : ({ field, operator: "CONTAINS", value: word } as const);
    if (!condition || !(await findsOnlyOurs({ conditions: [condition] }, known)))
      return "others in this pool may share a word of it";
  }
  return undefined;
}

/** A list alone may lag, or hide somebody. */
async function holdsNobodyElse(known: ProofContext): Promise<boolean> {
  return known.wasEmpty && (await findsOnlyOurs({}, known));
}

async function findsOnlyOurs(search: UserSearch, { probe, created }: ProofContext): Promise<boolean> {
  const page = await searchPage(probe, search);
  return (
    page !== undefined &&
    page.totalCount === page.list.length &&
    page.list.every((user) => isOurs(user, created))
  );
}

/** The fields by which a search finds the users who have a word in an id of this type. */
const SEARCHED: Readonly<Record<string, string>> = {
  email: "email",
  phone: "phone",
  username: "username",
  external_id: "externalId",
};

function wordsOf(id: string): string[] {
  return id
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** The ids of a type that a user shows. */
function namesOf(user: FullUser, type: string): string[] {
  const text = (name: string) => [user[name]].filter((value) => typeof value === "string");
  const identities = Array.isArray(user["identities"])
    ? (user["identities"] as Readonly<Record<string, unknown>>[])
    : [];
  const linked = (field: string) =>
    identities.map((identity) => `${String(identity[field])}:${String(identity["userIdInIdp"])}`);
  switch (type) {
    case "user_id":
      return [user.userId];
    case "phone":
      return [
        ...text("phone"),
        ...text("phoneCountryCode").flatMap((code) => text("phone").map((phone) => code + phone)),
      ];
    case "external_id":
      return text("externalId");
    case "identity":
      return linked("extIdpId");
    case "sync_relation":
      return linked("provider");
    default:
      return text(type);
  }
}
