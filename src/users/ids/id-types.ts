import { type DirectoryUser, UserIdType } from "../directory";
import { compactPhone, phoneSpellings, SIMILAR_PHONES, withoutMarks } from "./phone";

/** Everything specific to one type of id. A new type does not compile until it has an entry in `ID_TYPES`. */
export interface IdType {
  /** What an id is, in Markdown, for the reference page. */
  readonly description: string;
  /** An example of an id, for the reference page. */
  readonly sample: string;
  /**
   * Why a text without blanks around it cannot be an id of the type, as the rest of a sentence: "The id … is
   * not …". `undefined` if it can be one. Absent if any text can.
   */
  readonly checkForm?: (id: string) => string | undefined;
  /**
   * Brings an id into the one spelling that stands for all spellings that GenAuth treats as equal. Absent if
   * there is only one.
   */
  readonly canonical?: (id: string) => string;
  /**
   * The ids that a user has, as the directory shows them: at most one, or one for each identity, of one
   * source if it is given.
   */
  readonly idsOf: (user: DirectoryUser, source?: string) => string[];
  /** The ids that certainly name a user, in canonical spelling; default those of `idsOf`. */
  readonly namesOf?: (user: DirectoryUser) => string[];
  /** Spellings that may be the same id without being equal; absent if the type has none. */
  readonly similar?: SimilarSpellings;
}

/**
 * Ids of a type that may or may not be the same, such as a phone number with and without its country code.
 * Use them only to prevent a deletion, never to send one.
 */
export interface SimilarSpellings {
  /** The part of an id to compare. */
  readonly key: (canonical: string) => string;
  /** The keys that an id may have in another spelling, its own among them. */
  readonly keysOf: (canonical: string) => readonly string[];
  /** The user's own id, if the directory returns it in an ambiguous spelling. */
  readonly shownBy: (user: DirectoryUser) => string | undefined;
}

/**
 * The id types.
 *
 * To add one: its name in `src/users/directory.ts`, and its entry here, which the reference page shows. For a
 * field of a user that is not read yet, `src/users/directory.ts`, `src/api/users.ts` and
 * `src/operator/deletion-record.ts`. Then where `export` finds such an id, `src/cli/export.ts`, and how the
 * emulator does, `src/emulator/pool-user.ts`; for a new field also `src/emulator/seed.ts`,
 * `src/emulator/endpoints/endpoint.ts`, `src/emulator/endpoints/changes.ts` and `src/cli/emulator.ts`. In the
 * tests `test/support/users/people.ts`, `test/support/users/model-directory.ts`,
 * `test/support/emulator/seed-ids.ts`, `test/engine/emulator/pool.test.ts`, and a removal in
 * `test/engine/acceptance/removal.test.ts`. At last `docs/guides/constructs.md` and
 * `docs/guides/glossary.md`.
 */
export const ID_TYPES: Readonly<Record<UserIdType, IdType>> = {
  [UserIdType.USER_ID]: {
    description: "GenAuth's own id of the user: 24 hexadecimal digits, which calls send in lower case",
    sample: "6319a1504f3b2a0ff214dd5b",
    checkForm: (id) =>
      /[\s@]/u.test(id)
        ? 'is not a user_id, because it contains "@" or a blank: check the type of the ids'
        : undefined,
    // Upper and lower case write the same number; a declared user must not be lost to a change of case.
    canonical: (id) => (/^[0-9a-f]{24}$/iu.test(id) ? id.toLowerCase() : id),
    idsOf: ({ userId }) => [userId],
  },
  [UserIdType.PHONE]: {
    description: "the phone number, with or without its country code, without blanks and hyphens",
    sample: "+8613800000001",
    checkForm: (id) => {
      if (id.includes("@")) return 'is not a phone number: it contains "@"';
      if (!/\d/u.test(id)) return "is not a phone number: it contains no digit";
      const plain = withoutMarks(id);
      // GenAuth compares numbers as they are written, and most are in the pool without marks.
      return plain === id ? undefined : `is a phone number with blanks or punctuation: write ${plain}`;
    },
    canonical: compactPhone,
    idsOf: ({ phone, phoneCountryCode = "" }) =>
      ids(phone).map((its) => (its.startsWith("+") ? its : `${phoneCountryCode}${its}`)),
    namesOf: phoneSpellings,
    similar: SIMILAR_PHONES,
  },
  [UserIdType.EMAIL]: {
    description: "the e-mail address; upper and lower case are alike",
    sample: "ada@example.com",
    checkForm: (id) =>
      /^\S+@\S+$/u.test(id) ? undefined : "is not an e-mail address: it needs an @ with text on both sides",
    canonical: (id) => id.toLowerCase(),
    idsOf: ({ email }) => ids(email),
  },
  [UserIdType.USERNAME]: {
    description: "the user name",
    sample: "ada",
    idsOf: ({ username }) => ids(username),
  },
  [UserIdType.EXTERNAL_ID]: {
    description: "the id that another system gave the user (`externalId`)",
    sample: "E-1042",
    idsOf: ({ externalId }) => ids(externalId),
  },
  [UserIdType.IDENTITY]: {
    description: "an identity at an identity provider: `<extIdpId>:<userIdInIdp>`",
    sample: "62f20932716fbcc10d966ee5:ou_8bae746eac07cd2564654140d2a9ac61",
    checkForm: (id) =>
      hasBothSides(id) ? undefined : "is not an identity: it must have the form <extIdpId>:<userIdInIdp>",
    idsOf: identityIdsBy("extIdpId"),
  },
  [UserIdType.SYNC_RELATION]: {
    description: "an identity made by directory synchronisation: `<provider>:<userIdInIdp>`",
    sample: "lark:ou_8bae746eac07cd2564654140d2a9ac61",
    checkForm: (id) =>
      hasBothSides(id) ? undefined : "is not a sync relation: it must have the form <provider>:<userIdInIdp>",
    idsOf: identityIdsBy("provider"),
  },
};

function ids(id: string | undefined): string[] {
  return id ? [id] : [];
}

function identityIdsBy(field: "extIdpId" | "provider"): IdType["idsOf"] {
  return ({ identities }, source) =>
    identities.flatMap(({ [field]: from, userIdInIdp: id }) =>
      from && id && from === (source ?? from) ? [`${from}:${id}`] : [],
    );
}

function hasBothSides(id: string): boolean {
  const colon = id.indexOf(":");
  return colon > 0 && colon < id.length - 1;
}

/**
 * The ids of one type that a user has, as the directory shows them: at most one, or one for each identity. A
 * phone number has its country code.
 *
 * @param source only identities of this `extIdpId`, for `identity`, or of this provider, for `sync_relation`;
 *   default all
 */
export function idsOfUser(user: DirectoryUser, type: UserIdType, source?: string): string[] {
  return ID_TYPES[type].idsOf(user, source);
}

/**
 * Brings an id into the one spelling that stands for all spellings that GenAuth treats as equal. Two ids of a
 * type with the same canonical id name the same user. Ids with different canonical ids may still name one
 * user (a phone with and without its country code).
 */
export function canonicalId(id: string, type: UserIdType): string {
  // Terraform normalizes every string to NFC. A file of protected users and the pool may use another form.
  const normal = id.normalize("NFC");
  return ID_TYPES[type].canonical?.(normal) ?? normal;
}

/**
 * The spelling of a system user id for comparisons and map keys. Calls to GenAuth use the spelling that
 * GenAuth returned.
 */
export function userIdKey(userId: string): string {
  return canonicalId(userId, UserIdType.USER_ID);
}

/**
 * An id as a look-up names it. GenAuth writes system user ids in lower case, and may compare them exactly.
 */
export function idInLookUp(id: string, type: UserIdType): string {
  return type === UserIdType.USER_ID ? userIdKey(id) : id;
}

/** Whether two system user ids are the same in any spelling. */
export function isSameUserId(one: string, other: string): boolean {
  return one === other || userIdKey(one) === userIdKey(other);
}

/**
 * Finds ids that differ in spelling but name the same user.
 *
 * @returns pairs of (first spelling, later spelling), as of `pairTwins`
 */
export function findDuplicates(ids: Iterable<string>, type: UserIdType): [string, string][] {
  return pairTwins([...ids], (id) => id, type);
}

/**
 * Finds items whose ids name the same user.
 *
 * @returns pairs of (first, later), in the order of the later ones
 */
export function pairTwins<T>(items: readonly T[], idOf: (item: T) => string, type: UserIdType): [T, T][] {
  const first = new Map<string, T>();
  return items.flatMap((item): [T, T][] => {
    const canonical = canonicalId(idOf(item), type);
    const earlier = first.get(canonical);
    if (earlier !== undefined) return [[earlier, item]];
    first.set(canonical, item);
    return [];
  });
}

/**
 * The canonical ids of one type that certainly name the user; none if the directory does not return the
 * field.
 */
export function canonicalNames(user: DirectoryUser, type: UserIdType): string[] {
  const { namesOf, idsOf } = ID_TYPES[type];
  return namesOf?.(user) ?? idsOf(user).map((id) => canonicalId(id, type));
}

/**
 * Whether the id may name this user: it does, or the answer of the directory does not exclude it (a missing
 * field, a phone without its country code, another case). `false` means that it certainly names another user.
 */
export function mayNameUser(id: string, type: UserIdType, user: DirectoryUser): boolean {
  const names = canonicalNames(user, type);
  if (names.length === 0) return true;
  const canonical = canonicalId(id, type).toLowerCase();
  return names.some((name) => name.toLowerCase() === canonical) || isSimilar(canonical, type, user);
}

function isSimilar(canonical: string, type: UserIdType, user: DirectoryUser): boolean {
  const { similar } = ID_TYPES[type];
  const own = similar?.shownBy(user);
  if (!similar || own === undefined) return false;
  return (
    similar.keysOf(canonical).includes(similar.key(own)) ||
    similar.keysOf(own).includes(similar.key(canonical))
  );
}
