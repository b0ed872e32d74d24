import * as z from "zod";
import { COMMAND_SCRIPT } from "../install";
import { printable } from "../text";
import { DeleteBy, UserIdType } from "../users";
import {
  type Declaration,
  DECLARATION_FORMAT,
  decompress,
  heldSetOf,
  type HeldSet,
  pieceNames,
  type PieceVariable,
  Variable,
} from "../payload";

/** The previous and the declared set. */
export interface Payload {
  /** The id of the previous `null_resource`. */
  readonly object: string;
  /**
   * The folder of the set's configuration, relative to the one where Terraform runs: `.` except in a module.
   */
  readonly folder: string;
  readonly prior: HeldSet;
  readonly declaration: Declaration;
}

const triggersSchema = z.record(z.string(), z.string());
const ids = z.array(z.string());
const idType = z.enum(UserIdType);

const declarationSchema: z.ZodType<Declaration> = z.strictObject({
  format: z.literal(DECLARATION_FORMAT),
  set: z.string(),
  userIdType: idType,
  users: z.array(z.tuple([z.string(), z.string()])),
  retainedIds: ids,
  protectedUsers: z.partialRecord(idType, ids),
  maxDeletions: z.number().optional(),
  maxDeletionsPercent: z.number().optional(),
  deleteBy: z.enum(DeleteBy).optional(),
  driftReportFile: z.string().optional(),
} satisfies Record<keyof Declaration, z.ZodType>);

/**
 * Reads the stack's payload from the environment.
 *
 * @throws Error if it is absent or incomplete: a part of a set must never be taken for the set
 */
export function readPayload(environment: NodeJS.ProcessEnv): Payload {
  const declaration = read(environment, Variable.DECLARED, declarationSchema);
  const triggers = read(environment, Variable.PRIOR, triggersSchema);
  const object = environment[Variable.OBJECT] ?? "";
  if (object === "") throw new Error(unreadable(Variable.OBJECT));
  const prior = heldSetOf(triggers);
  if (prior === undefined) throw new Error(unreadable(Variable.PRIOR));
  if ("foreign" in prior) {
    throw new Error(
      `Nobody was deleted: "${printable(prior.foreign)}" in the state is not a trigger of a user set.`,
    );
  }
  const script = environment[Variable.COMMAND] ?? "";
  // The command lies in the set's folder.
  const folder = script.slice(0, -`/${COMMAND_SCRIPT}`.length);
  return { object, folder, prior, declaration };
}

/**
 * Reads the declaration that a provisioner carries, to compare it with the plan.
 *
 * @param compressed its pieces, joined
 * @throws Error if it is not exactly a declaration
 */
export function parseDeclaration(compressed: string): Declaration {
  return declarationSchema.parse(JSON.parse(decompress(compressed)));
}

function read<T>(environment: NodeJS.ProcessEnv, variable: PieceVariable, schema: z.ZodType<T>): T {
  const text = pieceNames(variable)
    .map((name) => environment[name] ?? "")
    .join("");
  if (text === "") {
    throw new Error(
      `${variable}_0 is not set. Terraform runs this command at apply, for a NullResourceUserSet; ` +
        "people do not run it.",
    );
  }
  try {
    return schema.parse(JSON.parse(decompress(text)));
  } catch (cause) {
    throw new Error(unreadable(variable), { cause });
  }
}

function unreadable(variable: string): string {
  return (
    `Nobody was deleted: ${variable} cannot be read. The stack and the command beside it are from different versions of ` +
    "cdktf-genauth, or the set is too large. Synthesise the stack again, plan, and apply that plan."
  );
}
