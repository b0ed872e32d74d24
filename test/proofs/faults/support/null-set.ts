import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../../support/at-end";
import { applyRemoval } from "../../../../src/null-resource/apply-removal";
import { readPayload } from "../../../../src/null-resource/read-payload";
import {
  compress,
  DECLARATION_FORMAT,
  pieceNames,
  split,
  Variable,
  declaredVariables,
} from "../../../../src/payload/declaration";
import { triggersOf, USER_TRIGGER } from "../../../../src/payload/triggers";
import { COMMAND_SCRIPT } from "../../../../src/install";
import type {
  DeclaredSet,
  Drift,
  Environment,
  ManagedSet,
  RunEnd,
  OperationHooks,
  OperationVariables,
} from "./managed-set";

type Triggers = Readonly<Record<string, string>>;

/**
 * A `NullResourceUserSet`. Terraform runs the command when the triggers change, and replaces the triggers
 * only if the command succeeds.
 */
export class NullSet implements ManagedSet {
  #triggers: Triggers | undefined;

  /** @param environment the variables of the command, including those of an emulator */
  constructor(private readonly environment: Environment) {}

  get users(): ReadonlyMap<string, string> {
    const users = Object.entries(this.#triggers ?? {}).filter(([name]) => name.startsWith(USER_TRIGGER));
    return new Map(users.map(([name, label]) => [name.slice(USER_TRIGGER.length), label]));
  }

  async run(
    declared: DeclaredSet,
    hooks: OperationHooks = {},
    variables: OperationVariables = {},
  ): Promise<RunEnd> {
    const prior = this.#triggers;
    const labelled = Object.fromEntries(declared.users.map((id) => [id, ""]));
    const triggers = triggersOf(declared.user_id_type, labelled);
    if (JSON.stringify(prior) === JSON.stringify(triggers)) return { operation: "apply", errors: [] };

    hooks.apply?.();
    const end = prior
      ? await destroyProvisioner(prior, declared, { ...this.environment, ...variables.apply })
      : { errors: [] };
    if (end.errors.length === 0) this.#triggers = triggers;
    return { operation: "apply", ...end };
  }
}

/** Runs the provisioner, as Terraform does before it replaces the resource. */
async function destroyProvisioner(
  prior: Triggers,
  {
    users,
    user_id_type: userIdType,
    max_deletions: maxDeletions,
    max_deletions_percent: maxDeletionsPercent,
    retained_ids = [],
  }: DeclaredSet,
  environment: Environment,
): Promise<Pick<RunEnd, "errors" | "drift">> {
  const folder = newFolder();
  const driftReportFile = join(folder, "genauth-drift.staff.json");
  const variables = {
    ...environment,
    [Variable.COMMAND]: `./${COMMAND_SCRIPT}`,
    [Variable.OBJECT]: "1",
    ...declaredVariables({
      format: DECLARATION_FORMAT,
      set: "stack/staff",
      userIdType,
      users: users.map((id) => [id, ""]),
      retainedIds: retained_ids,
      protectedUsers: {},
      maxDeletions,
      maxDeletionsPercent,
      driftReportFile,
    }),
    ...priorVariables(prior),
  };
  try {
    await applyRemoval(readPayload(variables), {
      environment: variables,
      stop: new AbortController().signal,
      say: () => undefined,
      readEngine: () => ({ args: ["terraform", "apply"], program: "terraform", key: "1-1" }),
    });
    return { errors: [], ...driftIn(driftReportFile) };
  } catch (cause) {
    return { errors: [cause instanceof Error ? cause.message : String(cause)], ...driftIn(driftReportFile) };
  }
}

/** The result of `substr(base64gzip(jsonencode(self.triggers)), …)` in Terraform. */
function priorVariables(triggers: Triggers): Record<string, string> {
  const pieces = split(compress(JSON.stringify(triggers)));
  return Object.fromEntries(pieceNames(Variable.PRIOR).map((name, index) => [name, pieces[index] ?? ""]));
}

/** The drift in the run's report; none if the run ended before it did anything. */
function driftIn(file: string): { readonly drift?: Drift } {
  if (!existsSync(file)) return {};
  const { missing, survivors } = JSON.parse(readFileSync(file, "utf8")) as {
    missing: string[];
    survivors: { id: string }[];
  };
  return { drift: { missing, survivors: survivors.map(({ id }) => id) } };
}
