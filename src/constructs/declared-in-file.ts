import { position, readUserFile, UserFileError, type UserFileOptions } from "../user-files";
import type { DeclaredUser } from "./declared-user";
import { looksLikeToken } from "./template-text";

/**
 * The users that a file declares, in its order.
 *
 * @param file relative to the process's working directory, which is the folder of `cdktf.json` under `cdktf`
 * @throws UserFileError if the file cannot be used, or holds what cannot go through CDKTF
 */
export function declaredInFile(file: string, options: UserFileOptions): DeclaredUser[] {
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
