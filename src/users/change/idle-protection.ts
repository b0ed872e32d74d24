import type { UserIdType } from "../directory";
import { resolveIds } from "../look-up/user-look-ups";
import { count, listUsers, MAX_LISTED, type Told, warningAbout } from "../wording";
import type { ProtectedMatch } from "../reasons";
import type { ChangeContext, SetChange } from "./set-change";

/**
 * The most ids of the operator that are looked up. More of them are a list that a program wrote, and would
 * take minutes.
 */
const MOST_OF_OPERATOR = 1000;

/**
 * Tells which protected ids name nobody, such as misspelt ones (docs/guides/trust.md, P17). It looks them up,
 * so it is asked only of a plan in which somebody's account ends: then it matters, and quiet plans cost no
 * call. The answers for ids that another set declares serve its refresh, too. A look-up that fails tells
 * nothing.
 *
 * @returns `undefined` if each of them names somebody
 */
export async function tellIdleProtection(
  { type, declared }: Pick<SetChange, "type" | "declared">,
  context: ChangeContext,
): Promise<Told | undefined> {
  // A set tells of its own missing users.
  const asked = idsToLookUp(context).filter((its) => its.type !== type || !declared.has(its.id));
  const types = [...new Set(asked.map((its) => its.type))];
  const idle = await Promise.all(types.map(async (one) => await findAbsent(one, asked, context)));
  const lines = idle.flat().map(({ id, type: its }) => ({ id, label: "", note: its }));
  if (lines.length === 0) return undefined;
  return warningAbout(
    lines.map(({ id }) => id),
    `${count(lines.length, "protected id")} not found in GenAuth`,
    `No look-up finds anybody by these ids. One that is misspelt or out of date protects nobody, so the user that it should protect can be deleted:\n${listUsers(lines, MAX_LISTED)}\nBefore you approve the plan, correct them in protected_users of the provider, in the set that declares them, or in GENAUTH_PROTECTED_USERS_FILE.`,
  );
}

function idsToLookUp({ protectedUsers, operatorProtected }: ChangeContext): ProtectedMatch[] {
  const all = protectedUsers.singleIds();
  const ofOperator = operatorProtected?.singleIds().length ?? 0;
  if (ofOperator <= MOST_OF_OPERATOR) return all;
  return all.filter(({ id, type }) => operatorProtected?.matchId(id, type) === undefined);
}

async function findAbsent(
  type: UserIdType,
  asked: readonly ProtectedMatch[],
  context: ChangeContext,
): Promise<ProtectedMatch[]> {
  const ofType = asked.filter((its) => its.type === type);
  const ids = ofType.map(({ id }) => id);
  const found = await resolveIds(context, ids, type, "plan: looking up protected users");
  return ofType.filter(({ id }) => found.get(id)?.kind === "absent");
}
