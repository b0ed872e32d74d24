import type { FullUser } from "../../api";
import { advice, describeFailure, fine, type Finding, isRefusal, notKnown, stop } from "../../findings";
import { USER_ID_TYPES, UserIdType } from "../../users";
import { RehearsalHalt, haltBy } from "../find";
import type { TestUser } from "../marks";
import { type Answers, answered, DIFFERS, type RehearsalSession, type Step } from "../session";

/** How many users are created for the questions that need more than one. */
const TEN = 10;

/** Creates ten users, with identities if the service takes them. */
export const createTen: Step = async (session) => {
  const { users, phone } = session;
  const isPhoneFree =
    phone !== undefined && (await users.find(phoneSpellings(phone), UserIdType.PHONE)).length === 0;
  const fields = Array.from({ length: TEN }, (_, at) => (at === PHONE && isPhoneFree ? phone : {}));
  const withIdentities = await users.create(
    fields.map((more) => ({ ...more, identitySource: users.makeUpId() })),
  );
  if (withIdentities.ok) {
    session.takeTen(withIdentities.users);
    return {
      identities: fine("Those of an unknown source are accepted."),
    };
  }
  if (!isRefusal(withIdentities.failed)) throw haltBy(withIdentities.failed);
  const without = await users.create(fields);
  if (!without.ok) throw haltBy(without.failed);
  session.takeTen(without.users);
  return { identities: await linkIdentities(session) };
};

/** Which of the ten has the phone number. */
const PHONE = 7;

function phoneSpellings({
  phone,
  phoneCountryCode,
}: {
  readonly phone: string;
  readonly phoneCountryCode: string;
}) {
  return [phone, `${phoneCountryCode}${phone}`];
}

async function linkIdentities(session: RehearsalSession): Promise<Finding> {
  const refused = fine("Those of an unknown source are refused.");
  const sources = await session.probe.listIdentitySources();
  const [source] = sources.ok ? sources.value : [];
  if (!source) return refused;
  for (const user of session.ten.slice(0, LINKED)) {
    const answer = await session.users.link(user, source.id);
    if (session.isRefused(answer)) break;
    session.identities.set(user.userId, {
      extIdpId: source.id,
      provider: source.type,
      userIdInIdp: user.token,
    });
  }
  return fine("Those of an unknown source are refused.", "One of the pool's own was linked.");
}

/** As many as there are questions about identities, and the first user of all. */
const LINKED = 7;

/** Look-ups of one of the ten. */
export const askLookUps: Step = async (session) => ({
  ...(await askTypes(session)),
  ...(await askParts(session)),
  ...(await askCase(session)),
  ...(await askRefusals(session)),
  look_up_order: await askOrder(session),
  look_up_identities: await askIdentities(session),
});

const NAMES = {
  user_id: "look_up_user_id",
  email: "look_up_email",
  username: "look_up_username",
  external_id: "look_up_external_id",
  phone: "look_up_phone",
  identity: "look_up_identity",
  sync_relation: "look_up_sync_relation",
} as const satisfies Record<UserIdType, string>;

async function askTypes(session: RehearsalSession): Promise<Answers> {
  const answers: Answers = {};
  for (const type of USER_ID_TYPES) {
    const user = session.holderOf(type);
    answers[NAMES[type]] = user ? await askType(session, type, user) : notKnown(whyNobody(session, type));
  }
  return answers;
}

function whyNobody({ phone }: RehearsalSession, type: UserIdType): string {
  if (type === UserIdType.PHONE && phone)
    return "Somebody else has the number that was given: give another one.";
  return NO_USER[type] ?? "No test user has one.";
}

const NO_USER: Partial<Record<UserIdType, string>> = {
  phone: "No number was given: --phone gives one.",
  identity: "The service takes no made-up identity.",
  sync_relation: "Only a synchronised user has one.",
};

async function askType(session: RehearsalSession, type: UserIdType, user: TestUser): Promise<Finding> {
  const id = session.idOf(user, type);
  const reading = await session.settling.twice(async () =>
    (await session.users.find([id], type)).map(({ userId }) => userId).sort(),
  );
  if (!reading) return DIFFERS;
  const { value: found } = reading;
  if (found.length === 1 && found[0] === user.userId) {
    session.idTypes.add(type);
    return fine("Finds the user, and nobody else.");
  }
  if (found.length > 0)
    return stop(
      found.includes(user.userId) ? `Finds ${found.length} users.` : "Finds another user.",
      "The provider cannot tell who has an id. Ask GenAuth's support.",
    );
  if (type === UserIdType.SYNC_RELATION) return notKnown("Only a synchronised user has one.");
  if (type === UserIdType.USER_ID)
    return stop(
      "Does not find the user.",
      "The provider would take users for gone who are there. Ask GenAuth's support.",
    );
  return advice("Does not find the user.", "The users of a set with such ids would count as gone.", {
    setting: "user_id_type",
    value: '"user_id"',
    reason: `look-ups by ${type} miss users`,
  });
}

const CANNOT_TELL =
  "The provider compares each answer with the id, and keeps users where it cannot tell them apart, so some would not be deleted. Declare users by user_id: no system user id is a part or a word of another one.";

const EXACT_IDS = {
  setting: "user_id_type",
  value: '"user_id"',
  reason: "look-ups by other ids find users who have them only in part",
};

function findsMore(types: readonly string[]): Finding {
  return { ...stop(`Finds users, by ${types.join(", ")}.`, CANNOT_TELL), settings: [EXACT_IDS] };
}

async function askParts({ users, settling, ten }: RehearsalSession): Promise<Answers> {
  const user = first(ten);
  const find = async (ids: readonly (readonly [string, string])[]) => {
    const found: string[] = [];
    for (const [type, id] of ids) if ((await users.find([id], type)).length > 0) found.push(type);
    return found;
  };
  const parts = await settling.twice(() =>
    find([
      ["user_id", user.userId.slice(0, -1)],
      ["email", user.email.slice(0, -1)],
      ["username", user.token.slice(0, -1)],
      ["external_id", user.token.slice(0, -1)],
    ]),
  );
  const words = await settling.twice(() =>
    find([
      ["username", `${users.makeUpId()}-${user.token}`],
      ["external_id", `${users.makeUpId()}-${user.token}`],
    ]),
  );
  const isPart = parts !== undefined && parts.value.length > 0;
  const isWord = words !== undefined && words.value.length > 0;
  return {
    look_up_part: !parts ? DIFFERS : isPart ? findsMore(parts.value) : fine("Finds nobody."),
    look_up_word: !words ? DIFFERS : isWord ? findsMore(words.value) : fine("Finds nobody."),
  };
}

async function askCase(session: RehearsalSession): Promise<Answers> {
  const { users, settling } = session;
  const user = first(session.ten);
  const finds = async (id: string, type: UserIdType) =>
    (await users.find([id.toUpperCase()], type)).some(({ userId }) => userId === user.userId);
  const email = await settling.twice(() => finds(user.email, UserIdType.EMAIL));
  const others = await settling.twice(async () => {
    const ignoring: string[] = [];
    for (const type of [UserIdType.USER_ID, UserIdType.USERNAME, UserIdType.EXTERNAL_ID])
      if (await finds(session.idOf(user, type), type)) ignoring.push(type);
    return ignoring;
  });
  return {
    look_up_email_case: !email
      ? DIFFERS
      : email.value
        ? fine("It is ignored.", "E-mails may be declared in any spelling.")
        : advice(
            "Look-ups tell upper from lower case.",
            "A user whose e-mail is declared in another spelling than the pool's counts as missing, and as already gone when removed: the account stays. Declare e-mails as export writes them.",
            {
              setting: "user_id_type",
              value: '"user_id" or "external_id"',
              reason: "look-ups by e-mail depend on upper and lower case",
            },
          ),
    look_up_other_case: !others
      ? DIFFERS
      : others.value.length === 0
        ? fine("Look-ups tell upper from lower case.")
        : fine(`It is ignored, for ${others.value.join(", ")}.`, "Declare ids as export writes them."),
  };
}

async function askRefusals({ probe, users, ten }: RehearsalSession): Promise<Answers> {
  const { userId } = first(ten);
  const unknown = await probe.lookUp([users.makeUpId(), userId], UserIdType.USER_ID);
  const malformed = await probe.lookUp(["not an id", userId], UserIdType.USER_ID);
  for (const answer of [unknown, malformed]) if (!answer.ok && !isRefusal(answer)) throw haltBy(answer);
  const divides =
    "The provider divides such calls until the id stands alone, which costs further calls at every plan.";
  const isSame = !unknown.ok && !malformed.ok && unknown.failure.statusCode === malformed.failure.statusCode;
  return {
    look_up_unknown: unknown.ok
      ? fine("It is left out.")
      : advice(
          `GenAuth refuses the call. ${describeFailure(unknown)}`,
          `${divides} Remove missing users from the sets.`,
        ),
    look_up_malformed: malformed.ok
      ? fine("It is left out.")
      : isSame
        ? notKnown("GenAuth refuses unknown ids, so it does not show whether it checks their form.")
        : advice(
            `GenAuth refuses the call. ${describeFailure(malformed)}`,
            `${divides} Correct malformed ids in the sets.`,
          ),
  };
}

async function askOrder({ probe, ten }: RehearsalSession): Promise<Finding> {
  const ids = ten.map(({ userId }) => userId);
  const shown = async (asked: readonly string[]) =>
    answered(await probe.lookUp(asked, UserIdType.USER_ID))
      .value.map(({ userId }) => userId)
      .join();
  const isAsAsked =
    (await shown(ids)) === ids.join() && (await shown(ids.toReversed())) === ids.toReversed().join();
  return isAsAsked
    ? fine("As asked.")
    : fine(
        "It differs from the order of the call, which makes no difference: the provider matches users by their ids.",
      );
}

async function askIdentities(session: RehearsalSession): Promise<Finding> {
  const user = session.holderOf(UserIdType.IDENTITY);
  if (!user) return notKnown("No test user has an identity.");
  const shown = await session.read(user);
  if (shown === undefined) return DIFFERS;
  return holdsIdentity(shown, user.token)
    ? fine("Shown.")
    : advice(
        "Look-ups do not show them.",
        "The provider cannot match users with ids of the types identity and sync_relation: in a set, each takes a call of its own, and in protected_users, they protect nobody who is declared by another id.",
        {
          setting: "user_id_type",
          value: 'neither "identity" nor "sync_relation"',
          reason: "look-ups do not show identities",
        },
      );
}

function holdsIdentity(user: FullUser | null, token: string): boolean {
  const identities = user?.["identities"];
  return (
    Array.isArray(identities) &&
    identities.some((identity: Readonly<Record<string, unknown>>) => identity["userIdInIdp"] === token)
  );
}

export function first(ten: readonly TestUser[]): TestUser {
  const [user] = ten;
  if (!user) throw new RehearsalHalt("There is no test user.");
  return user;
}
