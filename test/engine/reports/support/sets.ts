import { seedUsers } from "../../../support/emulator";
import type { Configuration, UserSetBlock } from "../../../support/configuration";

/** The users of the pool for all plans. */
export const POOL = [
  ...seedUsers(24),
  ...[
    "back`tick|pipe",
    "@octocat",
    "<img src=x onerror=alert(1)>",
    "[click](https://evil.example)",
    "\\|\\`*_~",
  ].map((username, index) => ({ userId: `6319a1504f3ab6c0f214dd5${index}`, username })),
];

/** The e-mail address of a user of the pool by number, from 1. */
export function email(number: number): string {
  return `user${String(number).padStart(3, "0")}@example.com`;
}

/** Users of the pool by number, with labels that differ from their names in the pool. */
export function people(...numbers: readonly number[]): Record<string, string> {
  return Object.fromEntries(numbers.map((number) => [email(number), NAMES[number - 1] ?? ""]));
}

/** The same users by user name. */
export function usernames(...numbers: readonly number[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(people(...numbers)).map(([id, label]) => [id.replace(/@.*/u, ""), label]),
  );
}

const NAMES = [
  "Ada Aydin",
  "Bo Brandt",
  "Chidi Chen",
  "Dana Diaz",
  "Eve O’Neil",
  "Fay Fox-Lane",
  "Gil (Sales)",
  "",
];

/** A set with ids and labels that would act in Markdown, in HTML or in a comment. */
const ODD: Record<string, string> = {
  ...Object.fromEntries(POOL.slice(24).map(({ username = "" }) => [username, `*${username}*`])),
};

/** The sets before any removal. */
export const SETS = {
  staff: {
    user_id_type: "email",
    users: { ...people(1, 2, 3, 4, 5, 6), "new@example.com": "Nia New" },
    max_deletions: 3,
    max_deletions_percent: 50,
  },
  office: {
    user_id_type: "username",
    for_each: { berlin: ["user011", "user012"], 'quo"ted]': ["user013", "user014"] },
    users: "${{ for name in each.value : name => name }}",
  },
  odd: { user_id_type: "username", users: ODD, max_deletions: 100 },
} as const satisfies Record<string, UserSetBlock>;

/** A module with two sets from one list: its first element, and the others. */
export const MODULE = JSON.stringify({
  terraform: { required_providers: { genauth: { source: "terraform.local/genauth/genauth" } } },
  variable: { ids: { type: "list(string)" } },
  resource: {
    genauth_user_set: {
      team: { count: 1, user_id_type: "external_id", users: '${{ for id in var.ids : id => "" }}' },
    },
  },
});

/** A configuration with changed sets; `undefined` removes a set. */
export function configurationWith(
  changed: Readonly<Record<string, Partial<UserSetBlock> | undefined>> = {},
  {
    team = ["HR-user021", "HR-user022"],
    ...more
  }: Partial<Configuration> & { readonly team?: readonly string[] } = {},
): Configuration {
  const sets = Object.entries<UserSetBlock>({ ...SETS, ...(changed as typeof SETS) }).flatMap(
    ([name, set]): [string, UserSetBlock][] =>
      name in changed && changed[name] === undefined
        ? []
        : [[name, { ...SETS[name as keyof typeof SETS], ...set }]],
  );
  return {
    sets: Object.fromEntries(sets),
    ...more,
    blocks: { module: { team: { source: "./team", ids: team } }, ...more.blocks },
  };
}
