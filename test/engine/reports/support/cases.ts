import type { Configuration } from "../../../support/configuration";
import { email, people, SETS, configurationWith, usernames } from "./sets";

/** A plan after the sets were applied once, and the expected report. */
interface PlanCase {
  /** Of the golden report. */
  readonly name: string;
  readonly configuration: Configuration;
  readonly planArguments?: readonly string[];
  /** Whether the plan fails; default no. */
  readonly failed?: boolean;
  readonly verdict: "nobody_leaves" | "somebody_leaves" | "not_known";
  /** The ids of deleted users; default none. */
  readonly deleted?: readonly string[];
  /** Whether each engine makes the plan, because their outputs differ; default: one engine only. */
  readonly everyEngine?: boolean;
}

const { "user002@example.com": bo = "" } = people(2);

export const CASES: readonly PlanCase[] = [
  { name: "nobody-leaves", verdict: "nobody_leaves", configuration: configurationWith() },
  {
    name: "two-join",
    verdict: "nobody_leaves",
    configuration: configurationWith({
      staff: { users: { ...SETS.staff.users, ...people(7, 8), [email(1)]: "Ada A." } },
    }),
  },
  {
    name: "four-leave-one-is-deleted",
    verdict: "somebody_leaves",
    deleted: [email(6)],
    configuration: configurationWith(
      { staff: { users: people(1, 2, 3, 7), retained_ids: [email(4)] } },
      { provider: { protected_users: { email: [email(5).toUpperCase()] } } },
    ),
  },
  {
    name: "another-spelling-and-a-rename",
    verdict: "somebody_leaves",
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
  },
  {
    name: "modules-and-instances",
    verdict: "somebody_leaves",
    deleted: [email(6), "user011", "user014", "HR-user021"],
    configuration: configurationWith(
      {
        staff: { users: { ...people(1, 2, 3, 4, 5), "new@example.com": "Nia New" } },
        office: { for_each: { berlin: ["user012"], 'quo"ted]': ["user013"], paris: ["user017"] } },
      },
      { team: ["HR-user022", "HR-user023"] },
    ),
    everyEngine: true,
  },
  {
    name: "an-instance-is-taken-away",
    verdict: "somebody_leaves",
    configuration: configurationWith({ office: { for_each: { berlin: ["user011", "user012"] } } }),
  },
  {
    name: "users-not-known",
    verdict: "not_known",
    configuration: configurationWith(
      { staff: { users: "${terraform_data.staff.output}", allow_unknown_users: true } },
      { blocks: { resource: { terraform_data: { staff: { input: { [email(1)]: "Ada" } } } } } },
    ),
    everyEngine: true,
  },
  {
    name: "the-rest-of-the-plan",
    verdict: "nobody_leaves",
    configuration: configurationWith(
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
    everyEngine: true,
  },
  {
    name: "destroy",
    verdict: "somebody_leaves",
    configuration: configurationWith(),
    planArguments: ["-destroy"],
  },
  {
    name: "another-id-type",
    verdict: "somebody_leaves",
    configuration: configurationWith({
      staff: { user_id_type: "username", users: usernames(1, 2, 3, 4, 5, 6) },
    }),
  },
  {
    name: "another-id-type-while-five-leave",
    verdict: "somebody_leaves",
    configuration: configurationWith({ staff: { user_id_type: "username", users: usernames(1) } }),
  },
  {
    name: "refused-by-a-guard",
    failed: true,
    verdict: "somebody_leaves",
    deleted: [2, 3, 4, 5, 6].map(email),
    configuration: configurationWith({ staff: { users: people(1) } }),
    everyEngine: true,
  },
  {
    name: "ids-that-would-act",
    verdict: "somebody_leaves",
    deleted: Object.keys(SETS.odd.users),
    configuration: configurationWith({ odd: { users: {} } }),
  },
];
