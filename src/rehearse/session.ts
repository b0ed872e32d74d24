import type { Cause, FullUser, NewIdentity, PoolProbe, Probed } from "../api";
import { type Finding, isForbidden, isRefusal, notKnown } from "../findings";
import { UserIdType } from "../users";
import { RehearsalHalt, haltBy } from "./find";
import type { TestUser } from "./marks";
import type { QuestionName } from "./questions/titles";
import type { Settling } from "./settling";
import type { TestUsers } from "./test-users";

/** What was answered. */
export type Answers = Partial<Record<QuestionName, Finding>>;

/** Some questions that belong together, in the order in which they are asked. */
export type Step = (session: RehearsalSession) => Promise<Answers>;

/** Two readings that do not agree. */
export const DIFFERS = notKnown(
  "Two readings one after the other differ.",
  "The service is slower than it seemed. Run the rehearsal again at a quieter time.",
);

/** A rehearsal that is under way. */
export class RehearsalSession {
  readonly users: TestUsers;
  readonly probe: PoolProbe;
  /** Of look-ups. */
  readonly settling: Settling;
  /** Of searches, whose index may be slower. */
  readonly searches: Settling;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly startedAt: number;
  /** How long the provider waits for a deletion to show, in seconds. */
  readonly confirmSeconds: number;
  /** A phone number that the operator gave, with its country code apart. */
  readonly phone: { readonly phone: string; readonly phoneCountryCode: string } | undefined;
  /** The users of the creation of ten. */
  ten: readonly TestUser[] = [];
  /** Identities that test users were given, by system user id. */
  readonly identities = new Map<string, NewIdentity>();
  /** The id types by which look-ups find exactly the user. */
  readonly idTypes = new Set<string>();
  /** Whether a deletion accepted an id type that GenAuth does not document. */
  acceptsUnknownType = false;
  /** What is known so far, also if the rehearsal ends early. */
  readonly answers: Answers = {};
  /** Users whom no question needs any more. */
  #spares: readonly TestUser[] = [];

  constructor(
    given: Pick<
      RehearsalSession,
      "users" | "probe" | "settling" | "searches" | "now" | "confirmSeconds" | "phone"
    >,
  ) {
    this.users = given.users;
    this.probe = given.probe;
    this.settling = given.settling;
    this.searches = given.searches;
    this.now = given.now;
    this.startedAt = given.now();
    this.confirmSeconds = given.confirmSeconds;
    this.phone = given.phone;
  }

  /** Reads a test user twice. @returns null if look-ups do not show it; `undefined` if the readings differ */
  async read({ userId }: TestUser): Promise<FullUser | null | undefined> {
    const reading = await this.settling.twice(
      async () => (await this.users.find([userId], "user_id"))[0] ?? null,
    );
    return reading?.value;
  }

  /** Takes the ten users over: each has its part, and those at the end are spare. */
  takeTen(ten: readonly TestUser[]): void {
    this.ten = ten;
    this.#spares = ten.slice(ROLES);
    for (const { userId, identities = [] } of ten)
      for (const identity of identities) this.identities.set(userId, identity);
  }

  /** The user that an id of this type is looked up of; `undefined` if none has one. */
  holderOf(type: UserIdType): TestUser | undefined {
    if (type === UserIdType.PHONE) return this.ten.find(({ phone }) => phone !== undefined);
    const [user] = this.ten;
    const needsIdentity = type === UserIdType.IDENTITY || type === UserIdType.SYNC_RELATION;
    return user && needsIdentity && !this.identities.has(user.userId) ? undefined : user;
  }

  /** A user's id of a type that it has. */
  idOf(user: TestUser, type: UserIdType): string {
    const { extIdpId, provider, userIdInIdp } = this.identities.get(user.userId) ?? NO_IDENTITY;
    const ids: Readonly<Record<UserIdType, string>> = {
      user_id: user.userId,
      email: user.email,
      username: user.username,
      external_id: user.externalId,
      phone: `${user.phoneCountryCode ?? ""}${user.phone ?? ""}`,
      identity: `${extIdpId}:${userIdInIdp}`,
      sync_relation: `${provider}:${userIdInIdp}`,
    };
    return ids[type];
  }

  /** A test user whom no question needs any more; creates further ones if there is none. */
  async spare(): Promise<TestUser> {
    const shown = new Set(this.users.shown.map(({ userId }) => userId));
    this.#spares = this.#spares.filter(({ userId }) => shown.has(userId));
    if (this.#spares.length === 0) {
      const creation = await this.users.create([{}, {}, {}, {}]);
      if (!creation.ok) throw haltBy(creation.failed);
      this.#spares = creation.users;
    }
    const [spare] = this.#spares;
    if (!spare) throw new RehearsalHalt("There is no test user.");
    return spare;
  }

  /** Whether a change was refused for what it asked. Any other failure ends the rehearsal. */
  isRefused(answer: Probed<unknown>): answer is Extract<Probed<unknown>, { ok: false }> {
    if (answer.ok) return false;
    if (isRefusal(answer) || isForbidden(answer) || SAYS_NO.includes(answer.cause)) return true;
    throw haltBy(answer);
  }
}

/** How many of the ten have a part in the questions about types; the others are spare. */
const ROLES = 8;

const NO_IDENTITY: NewIdentity = { extIdpId: "", provider: "", userIdInIdp: "" };

/** Failures that the service itself decided on. */
const SAYS_NO: readonly (Cause | undefined)[] = ["unsuccessful", "client_error", "extension_failed_603"];

/** Ends the rehearsal if a call was not answered. */
export function answered<T>(answer: Probed<T>): Extract<Probed<T>, { ok: true }> {
  if (!answer.ok) throw haltBy(answer);
  return answer;
}
