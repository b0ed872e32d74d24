import type { Configuration } from "../../../support/configuration";
import { email, people, SETS, configurationWith, usernames } from "./sets";

/** A plan after the sets were applied once, and the expected report. */
type PlanCase = readonly [
  /** Of the golden report. */
  name: string,
  code: 0 | 1 | 2,
  verdict: "nobody_leaves" | "somebody_leaves" | "not_known",
  /** The ids of deleted users. */
  deleted: readonly string[],
  configuration: Configuration,
  /** Whether each engine makes the plan, because their outputs differ; default: one engine only. */
  everyEngine?: boolean,
  planArguments?: readonly string[],
];

const { "user002@example.com": bo = "" } = people(2);

export const CASES: readonly PlanCase[] = [
  ["nobody-leaves", 0, "nobody_leaves", [], configurationWith()],
  [
    "two-join",
    0,
    "nobody_leaves",
    [],
    configurationWith({ staff: { users: { ...SETS.staff.users, ...people(7, 8), [email(1)]: "Ada A." } } }),
  ],
  [
    "four-leave-one-is-deleted",
    2,
    "somebody_leaves",
    [email(6)],
    configurationWith(
      { staff: { users: people(1, 2, 3, 7), retained_ids: [email(4)] } },
      { provider: { protected_users: { email: [email(5).toUpperCase()] } } },
    ),
  ],
  [
    "another-spelling-and-a-rename",
    2,
    "somebody_leaves",
    [],
    configurationWith({
      staff: {
        users: {
          ...people(3, 4, 5, 6),
          "User001@Example.com": "Ada Aydin",
          "bo@example.com": bo,
          "new@example.com": "Nia New",
        },
      },
    }),
  ],
  [
    "modules-and-instances",
    2,
    "somebody_leaves",
    [email(6), "user011", "user014", "HR-user021"],
    configurationWith(
      {
        staff: { users: { ...people(1, 2, 3, 4, 5), "new@example.com": "Nia New" } },
        office: { for_each: { berlin: ["user012"], 'quo"ted]': ["user013"], paris: ["user017"] } },
      },
      { team: ["HR-user022", "HR-user023"] },
    ),
    true,
  ],
  [
    "an-instance-is-taken-away",
    2,
    "somebody_leaves",
    [],
    configurationWith({ office: { for_each: { berlin: ["user011", "user012"] } } }),
  ],
  [
    "users-not-known",
    2,
    "not_known",
    [],
    configurationWith(
      { staff: { users: "${terraform_data.staff.output}", allow_unknown_users: true } },
      { blocks: { resource: { terraform_data: { staff: { input: { [email(1)]: "Ada" } } } } } },
    ),
    true,
  ],
  [
    "the-rest-of-the-plan",
    0,
    "nobody_leaves",
    [],
    configurationWith(
      {},
      {
        blocks: {
          resource: {
            terraform_data: { helper: { input: "1", provisioner: [{ "local-exec": { command: "true" } }] } },
          },
          output: { helper: { value: "${terraform_data.helper.output}" } },
          data: {
            terraform_remote_state: { other: { backend: "local", config: { path: "terraform.tfstate" } } },
          },
        },
      },
    ),
    true,
  ],
  ["destroy", 2, "somebody_leaves", [], configurationWith(), false, ["-destroy"]],
  [
    "another-id-type",
    2,
    "somebody_leaves",
    [],
    configurationWith({ staff: { user_id_type: "username", users: usernames(1, 2, 3, 4, 5, 6) } }),
  ],
  [
    "another-id-type-while-five-leave",
    2,
    "somebody_leaves",
    [],
    configurationWith({ staff: { user_id_type: "username", users: usernames(1) } }),
  ],
  [
    "refused-by-a-guard",
    1,
    "somebody_leaves",
    [2, 3, 4, 5, 6].map(email),
    configurationWith({ staff: { users: people(1) } }),
    true,
  ],
  [
    "ids-that-would-act",
    2,
    "somebody_leaves",
    Object.keys(SETS.odd.users),
    configurationWith({ odd: { users: {} } }),
  ],
];
