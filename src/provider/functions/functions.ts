import { ArgumentError, type FunctionDefinition, type Parameter } from "../../plugin";
import type { UserListFormat } from "../../user-files";

/*
 * The functions, as the schema announces them. The code that reads texts is loaded at the first call: half of
 * the processes of a plan only describe the provider.
 */

const USER_ID_TYPE: Parameter = {
  name: "user_id_type",
  type: "string",
  description: "The `user_id_type` of the set.",
};

const TEXT: Parameter = {
  name: "text",
  type: "string",
  description: "The content of the file.",
};

function nameOf(option: "id" | "label", kind: string): Parameter {
  const fallback =
    option === "id"
      ? '`null` stands for `"id"`'
      : '`null` stands for `"label"`, or no labels if there is none';
  return {
    name: option,
    type: "string",
    description: `The ${kind} that holds the ${option}. ${fallback}.`,
    allowNull: true,
  };
}

const DELIMITER: Parameter = {
  name: "delimiter",
  type: "string",
  description: 'At most one: the field separator. Default: `","`.',
};

const CHECKS =
  "Refuses invalid ids and labels, a text without users, and an id that is there twice, even in two spellings.";

interface Reading {
  readonly format: UserListFormat;
  /** What the text is, and how it is written. */
  readonly what: string;
  readonly form: string;
  /** What holds the id and the label, if they can be chosen. */
  readonly kind?: string;
  readonly variadic?: Parameter;
}

function usersFrom({ format, what, form, kind, variadic }: Reading): FunctionDefinition {
  return {
    summary: `Reads the users of a set from ${what}`,
    description: `A map from id to label, from ${what}${form}. ${CHECKS}`,
    parameters: [
      TEXT,
      USER_ID_TYPE,
      ...(kind === undefined ? [] : [nameOf("id", kind), nameOf("label", kind)]),
    ],
    variadic,
    returns: { map: "string" },
    async call(given) {
      const { readUsers } = await import("./read-users");
      const [content, type, id, label, delimiter, ...rest] = given as readonly (string | null)[];
      if (rest.length > 0 || delimiter === "")
        throw new ArgumentError(
          "There can be one delimiter, and it must not be empty.",
          rest.length > 0 ? 5 : 4,
        );
      return readUsers(format, content ?? "", type ?? "", {
        id: id ?? undefined,
        label: label ?? undefined,
        delimiter: delimiter ?? undefined,
      });
    },
  };
}

const NORMALIZE_ID: FunctionDefinition = {
  summary: "Brings an id into the spelling that stands for all spellings of it",
  description:
    "Brings an id into the one spelling that stands for all spellings of it. E-mail addresses and system user ids become lower case. Phone numbers lose blanks, hyphens and brackets, and `00` before a country code becomes `+`. Other ids stay as they are. An invalid id is refused.",
  parameters: [USER_ID_TYPE, { name: "id", type: "string", description: "The id." }],
  returns: "string",
  async call(given) {
    const [type = "", id = ""] = given as readonly string[];
    const { normalizeId } = await import("./read-users");
    return normalizeId(type, id);
  },
};

export const functions: Readonly<Record<string, FunctionDefinition>> = {
  users_from_csv: usersFrom({
    format: "csv",
    what: "a CSV file",
    form: " with a first line that names the columns",
    kind: "column",
    variadic: DELIMITER,
  }),
  users_from_json: usersFrom({
    format: "json",
    what: "a JSON file",
    form: ": a list of ids, a list of objects, or an object from id to label",
    kind: "property of each object",
  }),
  users_from_yaml: usersFrom({
    format: "yaml",
    what: "a YAML file",
    form: ": a list of ids, a list of maps, or a map from id to label",
    kind: "key of each map",
  }),
  users_from_text: usersFrom({
    format: "text",
    what: "a text file",
    form: " with one id per line. After the id, there may be a blank and a label. A line that starts with # is a comment",
  }),
  normalize_id: NORMALIZE_ID,
};
