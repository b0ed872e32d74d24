import * as z from "zod";
import {
  type Declaration,
  DECLARATION_FORMAT,
  decompress,
  ID_TYPE_TRIGGER,
  pieceNames,
  USER_TRIGGER,
  Variable,
} from "../../handover";
import { COMMAND_SCRIPT } from "../../install";
import { printable } from "../../text";
import { UserIdType } from "../../users";

/** A set as it was, and as it is declared now. */
export interface Handover {
  /** The id of the `null_resource` that held the set as it was. */
  readonly object: string;
  /** Whether the set is part of a module that another configuration calls. */
  readonly inModule: boolean;
  readonly prior: { readonly type: UserIdType; readonly users: ReadonlyMap<string, string> };
  readonly declaration: Declaration;
}

const ids = z.array(z.string());
const idType = z.enum(UserIdType);

const declarationSchema: z.ZodType<Declaration> = z.object({
  format: z.literal(DECLARATION_FORMAT),
  set: z.string(),
  userIdType: idType,
  users: z.array(z.tuple([z.string(), z.string()])),
  retainedUserIds: ids,
  protectedUsers: z.partialRecord(idType, ids),
  maxDeletions: z.number().optional(),
  maxDeletionsPercent: z.number().optional(),
  driftReportFile: z.string().optional(),
});

const triggersSchema = z.object({ [ID_TYPE_TRIGGER]: idType }).catchall(z.string());

/**
 * Reads what the stack handed over through the environment.
 *
 * @throws Error where it is not there, or not whole: a part of a set must never be taken for the set
 */
export function readHandover(environment: NodeJS.ProcessEnv): Handover {
  const declaration = read(environment, Variable.DECLARED, declarationSchema);
  const { [ID_TYPE_TRIGGER]: type, ...triggers } = read(environment, Variable.PRIOR, triggersSchema);
  const object = environment[Variable.OBJECT] ?? "";
  if (object === "") throw new Error(unreadable(Variable.OBJECT));
  const users = Object.entries(triggers).map(([name, label]): [string, string] => [userOf(name), label]);
  const inModule = environment[Variable.COMMAND] !== `./${COMMAND_SCRIPT}`;
  return { object, inModule, prior: { type, users: new Map(users) }, declaration };
}

function read<T>(
  environment: NodeJS.ProcessEnv,
  variable: Parameters<typeof pieceNames>[0],
  schema: z.ZodType<T>,
): T {
  const text = pieceNames(variable)
    .map((name) => environment[name] ?? "")
    .join("");
  if (text === "") {
    throw new Error(
      `${variable}_0 is not set. A stack with Engine.NULL_RESOURCE runs this command by itself at apply; people do not.`,
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
    `Nobody was deleted: ${variable} cannot be read. The stack was made by another version of cdktf-genauth than the ` +
    "command beside it, or the set is too large. Synthesise the stack again, plan, and apply that plan."
  );
}

function userOf(trigger: string): string {
  if (trigger.startsWith(USER_TRIGGER)) return trigger.slice(USER_TRIGGER.length);
  throw new Error(`Nobody was deleted: "${printable(trigger)}" in the state is no trigger of a user set.`);
}
