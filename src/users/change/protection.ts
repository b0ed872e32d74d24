import { compact } from "../../lists";
import { type DirectoryFailure, type DirectoryUser, UserIdType } from "../directory";
import { readDomainPattern } from "../ids/check-id";
import { canonicalId, canonicalNames, isSameUserId, userIdKey } from "../ids/id-types";
import { IdIndex } from "../ids/id-index";
import { type Resolution, userIdsOf } from "../look-up/resolution";
import type { ProtectedMatch } from "../reasons";

/** Users that are never deleted, regardless of what a set declares (docs/guides/trust.md, P6). */
export class ProtectedUsers {
  private constructor(
    private readonly indexes: ReadonlyMap<UserIdType, IdIndex>,
    /** The patterns, by the ends of the e-mail addresses that they mean. */
    private readonly domains: ReadonlyMap<string, string>,
  ) {}

  /**
   * @param lists the protected ids by type, in any spelling; of e-mail addresses, also patterns such as
   *   `*@contractors.example`
   */
  static of(...lists: readonly ReadonlyMap<UserIdType, readonly string[]>[]): ProtectedUsers {
    const ids = new Map<UserIdType, string[]>();
    for (const [type, its] of lists.flatMap((list) => [...list]))
      ids.set(type, [...(ids.get(type) ?? []), ...its]);
    const patterns = (ids.get(UserIdType.EMAIL) ?? []).flatMap((id): [string, string][] => {
      const end = readDomainPattern(id, UserIdType.EMAIL);
      return end === undefined ? [] : [[end, id]];
    });
    const indexes = new Map([...ids].map(([type, its]) => [type, new IdIndex(its, type)]));
    return new ProtectedUsers(indexes, new Map(patterns));
  }

  /**
   * Finds a protected id that names the user, among all ids that the look-up returned. A phone number counts
   * even if only its country code differs.
   */
  match(user: DirectoryUser): ProtectedMatch | undefined {
    for (const [type, index] of this.indexes) {
      const match = index.match(user);
      if (match) return { type, id: match.id };
    }
    return user.email === undefined ? undefined : this.patternOf(user.email);
  }

  /** Finds the protected id that equals the given one in any spelling, or the pattern that means it. */
  matchId(id: string, type: UserIdType): ProtectedMatch | undefined {
    const match = this.indexes.get(type)?.matchId(id);
    if (match !== undefined) return { type, id: match };
    return type === UserIdType.EMAIL ? this.patternOf(id) : undefined;
  }

  /** The protected ids, each user's in one spelling; no patterns. */
  singleIds(): ProtectedMatch[] {
    return [...this.indexes].flatMap(([type, index]) =>
      index.ids().flatMap((id) => (readDomainPattern(id, type) === undefined ? [{ type, id }] : [])),
    );
  }

  private patternOf(email: string): ProtectedMatch | undefined {
    if (this.domains.size === 0) return undefined;
    const canonical = canonicalId(email, UserIdType.EMAIL);
    const id = this.domains.get(canonical.slice(canonical.lastIndexOf("@")));
    return id === undefined ? undefined : { type: UserIdType.EMAIL, id };
  }
}

/** Users whom no set may delete, by who says so. */
export interface ProtectionSources {
  /** All of them. */
  readonly protectedUsers: ProtectedUsers;
  /**
   * Those of them whom the operator protects. The configuration declares or protects the others; default all
   * of them.
   */
  readonly operatorProtected?: ProtectedUsers | undefined;
}

/**
 * Whether another set of the configuration declares the user of an id whom no look-up shows, as far as is
 * known: the configuration protects the id, and the operator does not.
 */
export function isIdDeclaredElsewhere(
  id: string,
  type: UserIdType,
  { protectedUsers, operatorProtected = protectedUsers }: ProtectionSources,
): boolean {
  return protectedUsers.matchId(id, type) !== undefined && !operatorProtected.matchId(id, type);
}

/** What is known about the ids that a set declares after a change. */
export interface DeclaredIds {
  readonly type: UserIdType;
  /** All declared ids, with their labels. */
  readonly declared: ReadonlyMap<string, string>;
  /** The system user id that each id named when it was first seen; absent if nothing remembers it. */
  readonly bindings?: ReadonlyMap<string, string> | undefined;
  /** The current user of each id that was looked up. */
  readonly resolutions: ReadonlyMap<string, Resolution>;
}

/**
 * Tells whether a user is still declared under any id (docs/guides/trust.md, P5). Takes linear time to build
 * and constant time to query.
 */
export class StillDeclared {
  private readonly aliases: IdIndex;
  /** The declared id of a user, by the key of the system user id. */
  private readonly byUserId = new Map<string, string>();
  /**
   * Declared ids that could name any user: never bound, and their look-up failed. By the id in lower case.
   */
  private readonly unsure = new Map<string, { readonly id: string; readonly failure: DirectoryFailure }>();
  private readonly unsureAliases: IdIndex;

  constructor(protected readonly ids: DeclaredIds) {
    for (const id of ids.declared.keys()) this.learn(id);
    this.aliases = new IdIndex(ids.declared.keys(), ids.type);
    this.unsureAliases = new IdIndex(
      [...this.unsure.values()].map(({ id }) => id),
      ids.type,
    );
  }

  /** Finds the declared id of the user: by its look-up, by its binding, or by another spelling. */
  idOf(user: DirectoryUser): string | undefined {
    const known = this.byUserId.get(userIdKey(user.userId));
    if (known !== undefined) return known;
    const alias = this.aliases.match(user);
    return alias && (alias.certain || !this.isSomebodyElse(alias.id, user)) ? alias.id : undefined;
  }

  /** Finds the declared id that equals the given one in any spelling. */
  matchId(id: string): string | undefined {
    return this.aliases.matchId(id);
  }

  /** Whether the declared id that equals the given one is known to name another user. */
  namesOther(id: string, userId: string): boolean {
    const declared = this.matchId(id);
    return declared !== undefined && this.isSomebodyElse(declared, { userId });
  }

  /**
   * Finds the failed look-up of a declared id that may name the user: then it is not known whether the user
   * is declared.
   */
  findUncertainty(user: DirectoryUser): DirectoryFailure | undefined {
    if (this.unsure.size === 0) return undefined;
    const names = canonicalNames(user, this.ids.type);
    const [anyone] = this.unsure.values();
    if (names.length === 0) return anyone?.failure;
    const alias = this.unsureAliases.match(user)?.id;
    const failures = compact(...names, alias).map((name) => this.unsure.get(name.toLowerCase())?.failure);
    return failures.find((failure) => failure !== undefined);
  }

  private learn(id: string): void {
    const bound = this.ids.bindings?.get(id);
    const resolution = this.ids.resolutions.get(id);
    if (bound !== undefined) this.byUserId.set(userIdKey(bound), id);
    for (const userId of resolution ? userIdsOf(resolution) : []) this.byUserId.set(userIdKey(userId), id);
    if (resolution?.kind === "undecided" && bound === undefined)
      this.unsure.set(id.toLowerCase(), { id, failure: resolution.failure });
  }

  private isSomebodyElse(id: string, user: Pick<DirectoryUser, "userId">): boolean {
    const resolution = this.ids.resolutions.get(id);
    const known = resolution?.kind === "found" ? resolution.userId : this.ids.bindings?.get(id);
    return known !== undefined && !isSameUserId(known, user.userId);
  }
}

/** Tells whether a user is declared in the set or, as far as is known, in another one. */
export class DeclaredAnywhere extends StillDeclared {
  constructor(
    ids: DeclaredIds,
    private readonly sources: ProtectionSources,
  ) {
    super(ids);
  }

  /** Whether any set declares the user. */
  declares(user: DirectoryUser): boolean {
    const { protectedUsers, operatorProtected = protectedUsers } = this.sources;
    const isElsewhere = protectedUsers.match(user) !== undefined && !operatorProtected.match(user);
    return isElsewhere || this.idOf(user) !== undefined;
  }

  /** Whether any set declares the id, whose user no look-up shows. */
  declaresId(id: string): boolean {
    return this.matchId(id) !== undefined || isIdDeclaredElsewhere(id, this.ids.type, this.sources);
  }
}
