import type { FullUser, SearchCondition } from "../../api";
import { advice, fine, type Finding, notKnown } from "../../findings";
import { searchByRun, searchPage } from "../find";
import { type Answers, DIFFERS, type RehearsalSession, type Step } from "../session";
import { first } from "./look-ups";

/** How a search takes conditions and order. */
export const askSearch: Step = async (session) => {
  const { probe, users, searches } = session;
  if (!(await searchByRun(probe, users.run))) {
    const unasked = notKnown("list-users cannot be used, or refuses a search for a user name.");
    return {
      search_conditions: unasked,
      search_bounds: unasked,
      search_null: unasked,
      search_order: unasked,
    };
  }
  // The index has to know the ten users.
  await searches.until(async () => ((await searchByRun(probe, users.run))?.totalCount ?? 0) > 1);
  const conditions = await askConditions(session);
  const isAll = conditions.result === "fine";
  return {
    search_conditions: conditions,
    ...(isAll
      ? await askComparisons(session)
      : { search_bounds: notKnown(NEEDS_ALL), search_null: notKnown(NEEDS_ALL) }),
    search_order: await askOrder(session),
  };
};

const NEEDS_ALL = "It takes a search in which all conditions hold.";

async function askConditions(session: RehearsalSession): Promise<Finding> {
  const [one, other] = session.ten;
  const reading = await counted(session, [
    { field: "username", operator: "EQUAL", value: one?.token ?? "" },
    { field: "username", operator: "EQUAL", value: other?.token ?? "" },
  ]);
  if (reading === "refused") return notKnown("GenAuth refuses the search.");
  if (!reading) return DIFFERS;
  if (reading.count === 0) return fine("All of them must hold.");
  const checked =
    "The provider checks each record again, so nobody is taken in wrongly. But it reads more users than it needs, and a search engine ends at 10,000.";
  return reading.count === 2
    ? advice("One of them is enough.", checked)
    : advice("They are ignored.", checked);
}

async function askComparisons(session: RehearsalSession): Promise<Answers> {
  const user = first(session.ten);
  const only: SearchCondition = { field: "username", operator: "EQUAL", value: user.token };
  const shown = (await session.read(user)) ?? undefined;
  const createdAt = shown?.["createdAt"];
  const bounds =
    typeof createdAt === "string"
      ? await counted(session, [only, { field: "createdAt", operator: "LESSER", value: createdAt }])
      : "refused";
  const nulls =
    shown?.["lastLogin"] === null
      ? await counted(session, [
          only,
          { field: "lastLogin", operator: "LESSER", value: new Date(session.now()).toISOString() },
        ])
      : "refused";
  const refused = notKnown("GenAuth refuses the search, or does not show the field.");
  return {
    search_bounds:
      bounds === "refused"
        ? refused
        : !bounds
          ? DIFFERS
          : bounds.count > 0
            ? fine("They belong to the range.")
            : fine("They do not belong to the range.", NOT_SENT),
    search_null:
      nulls === "refused"
        ? refused
        : !nulls
          ? DIFFERS
          : nulls.count === 0
            ? fine("It is in no range.")
            : fine("It counts as less than everything.", NOT_SENT),
  };
}

const NOT_SENT = "The provider compares times by itself.";

async function askOrder(session: RehearsalSession): Promise<Finding> {
  const { users, searches, probe } = session;
  const reading = await searches.twice(async () =>
    ((await searchByRun(probe, users.run))?.list ?? []).filter((user) => users.isOurs(user)).map(createdAtOf),
  );
  if (!reading) return DIFFERS;
  const { value: times } = reading;
  if (new Set(times).size < 2) return notKnown("All test users show the same time of creation, or none.");
  const isSorted = times.every((time, at) => at === 0 || time >= (times[at - 1] ?? ""));
  return isSorted
    ? fine("As asked.")
    : advice(
        "Another than asked.",
        "While users are added or removed, others move between pages. Lists then fail with a message; run export and drift --undeclared again at a quieter time.",
      );
}

function createdAtOf(user: FullUser): string {
  return typeof user["createdAt"] === "string" ? user["createdAt"] : "";
}

/** How many users a search counts, read twice. */
async function counted(
  { probe, searches }: RehearsalSession,
  conditions: readonly SearchCondition[],
): Promise<{ readonly count: number } | "refused" | undefined> {
  const reading = await searches.twice(
    async () => (await searchPage(probe, { conditions }))?.totalCount ?? null,
  );
  if (!reading) return undefined;
  return reading.value === null ? "refused" : { count: reading.value };
}
