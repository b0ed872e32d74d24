import { Token, TerraformIterator } from "cdktf";
import { printable } from "../text";
import { position, readUserFile, UserFileError, type UserFileOptions } from "../user-files";
import { type DeclaredUser, refuseNull } from "./check-declaration";
import { escapeAroundTokens, escapeTemplate, looksLikeToken, misusesTokens } from "./template-text";

/**
 * The users of a set: an id each and, for those who review the plan, a label. Both are data: whatever they hold
 * arrives in GenAuth and in the plan as that text, and only CDKTF tokens that code put there are expressions.
 */
export class Users {
  /**
   * Reads the users from a file that people keep in Git:
   *
   * - `.txt`: an id a line; after blanks or a tab, optionally its label; lines that start with `#` are comments;
   * - `.csv`: the first line names the columns; `id` and `label` in the options say which to read;
   * - `.json`, `.yaml`, `.yml`: a list of ids, a list of objects, or a map from id to label.
   *
   * A file without users is refused unless `allowEmpty` says that it is meant.
   *
   * @param path relative to the working directory, which is the folder of `cdktf.json` when `cdktf` runs
   * @throws Error that names the file and the line
   * @example Users.fromFile("staff.csv", { id: "email", label: "name" })
   */
  public static fromFile(path: string, options: UserFileOptions = {}): Users {
    return new Users(readDeclaredUsers(path, options));
  }

  /**
   * Users without labels.
   *
   * @param ids ids, or a list token, such as another resource's attribute
   * @example Users.of(["alice@corp.example", "bob@corp.example"])
   */
  public static of(ids: string[]): Users {
    if (Token.isUnresolved(ids)) {
      return new Users(Token.asStringMap(TerraformIterator.fromList(ids).forExpressionForMap("val", '""')));
    }
    refuseNull("Users.of was given", ids, " Where nobody is to have an account, give Users.of([]).");
    return new Users(
      ids.map((id, index) => {
        refuseNull(`The id of user ${index + 1} is`, id);
        return checkDeclaredUser(id, "");
      }),
    );
  }

  /**
   * Users with labels.
   *
   * @param labels a map from id to label, or a map token, such as another resource's attribute
   * @example Users.labelled({ "alice@corp.example": "Alice", "bob@corp.example": "Bob" })
   */
  public static labelled(labels: { [id: string]: string }): Users {
    if (Token.isUnresolved(labels)) return new Users(labels);
    refuseNull(
      "Users.labelled was given",
      labels,
      " Where nobody is to have an account, give Users.labelled({}).",
    );
    return new Users(
      Object.entries(labels).map(([id, label]) => {
        refuseNull(`The label of "${printable(id)}" is`, label, ' Give a text, "" for none.');
        return checkDeclaredUser(id, label);
      }),
    );
  }

  private constructor(private readonly declared: readonly DeclaredUser[] | { [id: string]: string }) {}

  /**
   * The users one by one; empty where only Terraform will know them.
   *
   * @internal
   */
  public get _entries(): readonly DeclaredUser[] {
    return isList(this.declared) ? this.declared : [];
  }

  /**
   * The users as CDKTF takes them, ids to labels, escaped: what an L1 `UserSet` or a value of an iterator's map asks
   * for.
   *
   * @example TerraformIterator.fromMap({ berlin: { users: Users.fromFile("berlin.csv").toMap() } })
   */
  public toMap(): { [id: string]: string } {
    if (!isList(this.declared)) return this.declared;
    return Object.fromEntries(
      this.declared.map(({ id, label, origin }) => {
        const escape = origin === undefined ? escapeAroundTokens : escapeTemplate;
        return [escape(id), escape(label)];
      }),
    );
  }
}

function isList(
  declared: readonly DeclaredUser[] | { [id: string]: string },
): declared is readonly DeclaredUser[] {
  return Array.isArray(declared);
}

function checkDeclaredUser(id: string, label: string): DeclaredUser {
  if (id === "__proto__") throw new Error(`"__proto__" cannot be the id of a user: it vanishes at synth.`);
  const misused = [id, label].find(misusesTokens);
  if (misused !== undefined) {
    throw new Error(
      `"${printable(misused)}" looks like a CDKTF token but is none, or has a $ right before one. Correct it.`,
    );
  }
  return { id, label };
}

/**
 * The users that a file declares, in its order.
 *
 * @param file relative to the process's working directory, which is the folder of `cdktf.json` under `cdktf`
 * @throws UserFileError if the file cannot be used, or holds what cannot go through CDKTF
 */
function readDeclaredUsers(file: string, options: UserFileOptions): DeclaredUser[] {
  return readUserFile(file, options).map(({ id, label, line }) => {
    if (id === "__proto__")
      throw new UserFileError(file, line, `"__proto__" cannot be an id: it vanishes at synth.`);
    for (const text of [id, label]) {
      if (looksLikeToken(text)) {
        throw new UserFileError(
          file,
          line,
          `"${text}" looks like a CDKTF token, and would be replaced at synth.`,
        );
      }
    }
    return { id, label, origin: position(file, line) };
  });
}
