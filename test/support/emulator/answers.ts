import { type Answer, refusal } from "../../../src/emulator";

/** A user in an answer. */
export type AnsweredUser = Readonly<Record<string, unknown>> & { readonly userId: string };

export interface Page {
  readonly totalCount: number;
  readonly list: readonly AnsweredUser[];
}

export const NOT_FOUND = refusal(404, "User not found.", 2004);

/** An answer with its users as `show` gives them, without those that it does not. */
export function mapUsers(answer: Answer, show: (user: AnsweredUser) => AnsweredUser | undefined): Answer {
  const data = answer.data as readonly AnsweredUser[] | Page | AnsweredUser | undefined;
  const shown = (users: readonly AnsweredUser[]) => users.flatMap((user) => show(user) ?? []);
  if (Array.isArray(data)) return { ...answer, data: shown(data) };
  if (isPage(data)) {
    const list = shown(data.list);
    return { ...answer, data: { totalCount: data.totalCount - data.list.length + list.length, list } };
  }
  if (!isUser(data)) return answer;
  const user = show(data);
  return user ? { ...answer, data: user } : NOT_FOUND;
}

function isPage(data: unknown): data is Page {
  return typeof data === "object" && data !== null && "list" in data;
}

function isUser(data: unknown): data is AnsweredUser {
  return typeof data === "object" && data !== null && "userId" in data;
}
