import { fstatSync } from "node:fs";
import { text } from "node:stream/consumers";
import { concealSecret } from "../operator";

/**
 * Reads the key from a pipe to its end, and closes it, so that nothing that is started later can read it
 * (docs/guides/trust.md, A1).
 *
 * @param input two lines, the id and the secret; or one, the secret
 * @returns the key as variables of an environment, of which the secret is in no copy
 * @throws Error if it is neither, or no pipe
 */
export async function readKey(
  input: NodeJS.ReadStream & { readonly fd: number },
): Promise<NodeJS.ProcessEnv> {
  // A file would stay open as this process's standard input, where every program of its user can read it
  // again.
  const stat = fstatSync(input.fd);
  if (!stat.isFIFO() && !stat.isSocket())
    throw new Error(
      "--key-from-stdin reads a pipe, and no file or terminal: a password manager writes the key into it, as in: op read op://genauth/secret | cdktf-genauth guard …",
    );
  const lines = (await text(input)).trim().split("\n");
  input.destroy();
  const [first = "", second, ...others] = lines.map((line) => line.trim());
  if (first === "" || second === "" || others.length > 0)
    throw new Error(
      "--key-from-stdin expects the access key id and the secret, a line each, or the secret alone.",
    );
  // V8 remembers the text of the last match.
  /^/.exec("");
  return concealSecret({
    // A copy: V8 keeps a part of a text as a view of the whole, which holds the secret.
    ...(second !== undefined && { GENAUTH_ACCESS_KEY_ID: Buffer.from(first).toString() }),
    GENAUTH_ACCESS_KEY_SECRET: second ?? first,
  });
}
