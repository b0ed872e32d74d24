import type { ListedUser } from "../listed-user";
import type { Cell, Column, Section } from "./document";

const ID_COLUMNS: readonly Column[] = [
  { title: "Id", kind: "code" },
  { title: "Id type", kind: "text" },
  { title: "Set", kind: "code" },
];

/**
 * A table of users; columns in which nothing would stand are left out.
 *
 * @param remark what is to be said of each
 * @returns no section where there are no users
 */
export function usersSection<U extends ListedUser>(
  title: string,
  users: readonly U[],
  remark: (user: U) => Cell = () => "",
): Section[] {
  if (users.length === 0) return [];
  const remarks = users.map(remark);
  const hasLabels = users.some(({ label }) => label !== "");
  const hasRemarks = remarks.some((text) => text !== "");
  return [
    {
      title,
      table: {
        columns: [
          ...(hasLabels ? [{ title: "Who", kind: "text" } as const] : []),
          ...ID_COLUMNS,
          ...(hasRemarks ? [{ title: "Remark", kind: "text" } as const] : []),
        ],
        rows: users.map(({ id, label, user_id_type, set }, index) => [
          ...(hasLabels ? [label] : []),
          id,
          [user_id_type],
          set,
          ...(hasRemarks ? [remarks[index] ?? ""] : []),
        ]),
      },
    },
  ];
}
