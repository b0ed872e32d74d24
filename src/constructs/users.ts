import { type IResolveContext, Lazy, TerraformIterator, Token } from "cdktf";
import { caller } from "../caller";
import { printable } from "../text";
import { position, readUserFile, UserFileError, type UserFileOptions } from "../user-files";
import {
  type DeclaredUser,
  refuseNull,
  refuseOtherThanText,
  refuseUnknownProperties,
} from "./check-declaration";
import { SharedNote } from "./identity";
import { escapeAroundTokens, escapeTemplate, looksLikeToken, misusesTokens } from "./template-text";

/** The names of all options, which the compiler keeps complete. */
const FILE_OPTIONS: Readonly<Record<keyof UserFileOptions, true>> = {
  id: true,
  label: true,
  allowEmpty: true,
  delimiter: true,
};

/** Marks instances of `Users`. */
const USERS = new SharedNote<true>("Users");

/**
 * The users of a set: ids, and labels for the plan's reviewers. Both are data: GenAuth and the plan receive
 * exactly this text. Only CDKTF tokens from code are expressions.
 */
export class Users {
  /**
   * Reads the users from a file:
   *
   * - `.txt`: one id per line, optionally followed by spaces or a tab and a label; lines that start with `#`
   *   are comments;
   * - `.csv`: the first line names the columns; the options `id` and `label` choose them;
   * - `.json`, `.yaml`, `.yml`: a list of ids, a list of objects, or a map from id to label.
   *
   * A file without users is refused unless `allowEmpty` is set.
   *
   * @param path relative to the working directory, which is the folder of `cdktf.json` when `cdktf` runs
   * @throws Error that names the file and the line
   * @example Users.fromFile("staff.csv", { id: "email", label: "name" })
   */
  public static fromFile(path: string, options: UserFileOptions = {}): Users {
    refuseUnknownProperties(caller.member("Users.fromFile"), options, FILE_OPTIONS);
    return new Users(readDeclaredUsers(path, options));
  }

  /**
   * Declares users without labels.
   *
   * @param ids ids, or a list token, such as another resource's attribute
   * @example Users.fromIds(["alice@corp.example", "bob@corp.example"])
   */
  public static fromIds(ids: string[]): Users {
    if (Token.isUnresolved(ids)) {
      const list = TerraformIterator.fromList(outsideOfForExpression(ids));
      return new Users([], Token.asStringMap(list.forExpressionForMap("val", '""')));
    }
    refuseNull(
      `${caller.member("Users.fromIds")} was given`,
      ids,
      ` If nobody may have an account, use ${caller.call("Users.fromIds", caller.list())}.`,
    );
    if (!Array.isArray(ids))
      throw new Error(
        `${caller.member("Users.fromIds")} was given no list. Write the ids as one: ${caller.call("Users.fromIds", caller.list("…"))}.`,
      );
    return new Users(
      // Unlike map, this does not skip the holes of a list.
      Array.from(ids, (id, index) => {
        refuseOtherThanText(`The id of user ${index + 1} is`, id);
        return checkDeclaredUser(id, "");
      }),
    );
  }

  /**
   * Declares users with labels.
   *
   * @param labels a map from id to label, or a map token, such as another resource's attribute
   * @example
   * const labels = { "alice@corp.example": "Alice", "bob@corp.example": "Bob" };
   * Users.fromMap(labels);
   */
  public static fromMap(labels: { [id: string]: string }): Users {
    if (Token.isUnresolved(labels)) return new Users([], labels);
    refuseNull(
      `${caller.member("Users.fromMap")} was given`,
      labels,
      ` If nobody may have an account, use ${caller.call("Users.fromMap", caller.map({}))}.`,
    );
    refuseOtherThanPlainObject(labels);
    return new Users(
      Object.entries(labels).map(([id, label]) => {
        refuseOtherThanText(`The label of "${printable(id)}" is`, label, ' Set a text, or "" for none.');
        return checkDeclaredUser(id, label);
      }),
    );
  }

  /** @param token the users as a map, if only Terraform will know them */
  private constructor(
    private readonly declared: readonly DeclaredUser[],
    private readonly token?: { [id: string]: string },
  ) {
    USERS.set(this, true);
  }

  /**
   * The users one by one; empty if only Terraform will know them.
   *
   * @internal
   */
  public get _entries(): readonly DeclaredUser[] {
    return this.declared;
  }

  /**
   * The users as an escaped map from id to label, for an L1 `UserSet` or a value of an iterator's map.
   *
   * @example
   * const teams = { berlin: { users: Users.fromFile("berlin.csv").toMap() } };
   * TerraformIterator.fromMap(teams);
   */
  public toMap(): { [id: string]: string } {
    if (this.token !== undefined) return this.token;
    return Object.fromEntries(
      this.declared.map(({ id, label, origin }) => {
        const escape = origin === undefined ? escapeAroundTokens : escapeTemplate;
        return [escape(id), escape(label)];
      }),
    );
  }
}

/**
 * Refuses a `Map`, a promise that lacks its `await`, and whatever else shows no entries: it would be taken for
 * an empty set.
 *
 * @throws Error that names the class
 */
function refuseOtherThanPlainObject(labels: unknown): void {
  const prototype = Object.getPrototypeOf(labels) as object | null;
  // `Object.prototype`, also that of another realm, is the one that itself has none.
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (typeof labels === "object" && isPlain) return;
  throw new Error(
    `${caller.member("Users.fromMap")} was given a value of the class ${prototype?.constructor.name}. Give it a plain object: ${caller.call("Users.fromMap", caller.map({ "…": "…" }))}.`,
  );
}

/**
 * Keeps `each.value` in the input of a `for` expression, where CDK Terrain 0.24 would write the variable of
 * the expression. Each value is resolved in a context of its own, so no other value loses the iterator.
 */
function outsideOfForExpression(list: string[]): string[] {
  const produce = (context: IResolveContext): unknown => {
    context.iteratorContext = undefined;
    return context.resolve(list);
  };
  return Token.asList(Lazy.anyValue({ produce }));
}

/**
 * Refuses users that are not of this class. Plain JavaScript checks no types.
 *
 * @param path of the construct, for the message
 * @throws Error that says what to write instead
 */
export function refuseOtherThanUsers(path: string, users: unknown): void {
  if (typeof users === "object" && users !== null && USERS.of(users) === true) return;
  const [what, advice] = describeNonUsers(users);
  throw new Error(`${path}: users ${what}. ${advice}.`);
}

function describeNonUsers(users: unknown): [what: string, advice: string] {
  if (Array.isArray(users))
    return ["is a list", `Wrap it: ${caller.call("Users.fromIds", caller.list("…"))}`];
  if (typeof users === "string") {
    const file = /^[\w./ -]{1,100}$/.test(users) ? users : "…";
    return ["is a string", `Read the file: ${caller.call("Users.fromFile", `"${file}"`)}`];
  }
  if (typeof users !== "object" || users === null) {
    return [
      `is a ${typeof users}`,
      `Set ${["Users.fromIds", "Users.fromMap"].map((name) => caller.member(name)).join(", ")} or ${caller.member("Users.fromFile")}`,
    ];
  }
  return ["is an object", `Wrap it: ${caller.call("Users.fromMap", caller.map({ "…": "…" }))}`];
}

function checkDeclaredUser(id: string, label: string): DeclaredUser {
  if (id === "__proto__")
    throw new Error(`"__proto__" cannot be the id of a user, because synth would drop it.`);
  const misused = [id, label].find(misusesTokens);
  if (misused !== undefined) {
    throw new Error(
      `"${printable(misused)}" looks like a CDKTF token but is not, or has a $ right before one. Correct it.`,
    );
  }
  return { id, label };
}

/**
 * Reads the users that a file declares, in its order.
 *
 * @param file relative to the process's working directory, which is the folder of `cdktf.json` under `cdktf`
 * @throws UserFileError if the file is not valid, or contains text that CDKTF cannot handle
 */
function readDeclaredUsers(file: string, options: UserFileOptions): DeclaredUser[] {
  return readUserFile(file, options).map(({ id, label, line }) => {
    if (id === "__proto__")
      throw new UserFileError(file, `"__proto__" cannot be an id, because synth would drop it.`, line);
    for (const text of [id, label]) {
      if (looksLikeToken(text)) {
        throw new UserFileError(file, `"${text}" looks like a CDKTF token, so synth would replace it.`, line);
      }
    }
    return { id, label, origin: position(file, line) };
  });
}
