import type { Configuration } from "../../../support/configuration";
import { email, people, SETS, configurationWith, usernames } from "./sets";

/** A plan after the sets were applied once, and the expected report. */
export interface PlanCase {
  /** The name of the golden report. */
  readonly name: string;
  readonly configuration: Configuration;
  readonly planArguments?: readonly string[];
  readonly code: 0 | 1 | 2;
  readonly verdict: "nobody_leaves" | "somebody_leaves" | "not_known";
  /** The ids of deleted users. */
  readonly deleted: readonly string[];
  /** Whether each engine makes the plan, because their outputs differ; default: one engine only. */
  readonly everyEngine?: true;
}

const { "user002@example.com": bo = "" } = people(2);

export const CASES: readonly PlanCase[] = [
  {
    name: "nobody-leaves",
    configuration: configurationWith(),
    code: 0,
    verdict: "nobody_leaves",
    deleted: [],
  },
  {
    name: "two-join",
    configuration: configurationWith({
      staff: { users: { ...SETS.staff.users, ...people(7, 8), [email(1)]: "Ada A." } },
    }),
    code: 0,
    verdict: "nobody_leaves",
    deleted: [],
  },
  {
    name: "four-leave-one-is-deleted",
    configuration: configurationWith(
      { staff: { users: people(1, 2, 3, 7), retained_user_ids: [email(4)] } },
      { provider: { protected_users: { email: [email(5).toUpperCase()] } } },
    ),
    code: 2,
    verdict: "somebody_leaves",
    deleted: [email(6)],
  },
  {
    name: "another-spelling-and-a-rename",
    configuration: configurationWith({
      staff: {
        users: {
          ...people(3, 4, 5, 6),
          "User001@Example.com": "Ada Aydin",
          "bo@example.com": bo,
          "new@example.com": "Nia New",
        },
      },
    }),
    code: 2,
    verdict: "somebody_leaves",
    deleted: [],
  },
  {
    name: "modules-and-instances",
    configuration: configurationWith(
      {
        staff: { users: { ...people(1, 2, 3, 4, 5), "new@example.com": "Nia New" } },
        office: { for_each: { berlin: ["user012"], 'quo"ted]': ["user013"], paris: ["user017"] } },
      },
      { team: ["HR-user022", "HR-user023"] },
    ),
    code: 2,
    verdict: "somebody_leaves",
    deleted: [email(6), "user011", "user014", "HR-user021"],
    everyEngine: true,
  },
  {
    name: "an-instance-is-taken-away",
    configuration: configurationWith({ office: { for_each: { berlin: ["user011", "user012"] } } }),
    code: 2,
    verdict: "somebody_leaves",
    deleted: [],
  },
  {
    name: "users-not-known",
    configuration: configurationWith(
      { staff: { users: "${terraform_data.staff.output}", allow_unknown_users: true } },
      { blocks: { resource: { terraform_data: { staff: { input: { [email(1)]: "Ada" } } } } } },
    ),
    code: 2,
    verdict: "not_known",
    deleted: [],
    everyEngine: true,
  },
  {
    name: "the-rest-of-the-plan",
    configuration: configurationWith(
      {},
      {
        blocks: {
          resource: {
            terraform_data: {
              helper: { input: "1", provisioner: [{ "local-exec": { command: "true" } }] },
            },
          },
          output: { helper: { value: "${terraform_data.helper.output}" } },
          data: {
            terraform_remote_state: { other: { backend: "local", config: { path: "terraform.tfstate" } } },
          },
        },
      },
    ),
    code: 0,
    verdict: "nobody_leaves",
    deleted: [],
    everyEngine: true,
  },
  {
    name: "destroy",
    configuration: configurationWith(),
    planArguments: ["-destroy"],
    code: 2,
    verdict: "somebody_leaves",
    deleted: [],
  },
  {
    name: "another-id-type",
    configuration: configurationWith({
      staff: { user_id_type: "username", users: usernames(1, 2, 3, 4, 5, 6) },
    }),
    code: 2,
    verdict: "somebody_leaves",
    deleted: [],
  },
  {
    name: "another-id-type-while-five-leave",
    configuration: configurationWith({
      staff: { user_id_type: "username", users: usernames(1) },
    }),
    code: 1,
    verdict: "nobody_leaves",
    deleted: [],
  },
  {
    name: "refused-by-a-guard",
    configuration: configurationWith({ staff: { users: people(1) } }),
    code: 1,
    verdict: "somebody_leaves",
    deleted: [2, 3, 4, 5, 6].map(email),
    everyEngine: true,
  },
  {
    name: "ids-that-would-act",
    configuration: configurationWith({ odd: { users: {} } }),
    code: 2,
    verdict: "somebody_leaves",
    deleted: Object.keys(SETS.odd.users),
  },
];
