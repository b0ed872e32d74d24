import { text } from "node:stream/consumers";

/** A key as standard input gives it. */
export interface GivenKey {
  readonly access_key_id?: string;
  readonly access_key_secret: string;
}

/**
 * Reads the key from a pipe to its end, and closes it, so that nothing that is started later can read it.
 *
 * @param input two lines, the id and the secret; or one, the secret
 * @throws Error if it is neither
 */
export async function readKey(input: NodeJS.ReadStream): Promise<GivenKey> {
  if (input.isTTY)
    throw new Error(
      "--key-from-stdin reads a pipe: a password manager writes the key into it, as in: op read op://genauth/secret | genauth-users guard …",
    );
  const lines = (await text(input)).trimEnd().split(/\r?\n/);
  input.destroy();
  const [first = "", second, ...others] = lines.map((line) => line.trim());
  if (first === "" || second === "" || others.length > 0)
    throw new Error(
      "--key-from-stdin expects the access key id and the secret, a line each, or the secret alone.",
    );
  return second === undefined
    ? { access_key_secret: first }
    : { access_key_id: first, access_key_secret: second };
}
