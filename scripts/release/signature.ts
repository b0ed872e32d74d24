import { createMessage, decryptKey, enums, readPrivateKey, sign } from "openpgp";

/** The key that signs a release. */
export interface SigningKey {
  /** An RSA private key in ASCII armour. */
  readonly armored: string;
  /** @default the key has none */
  readonly passphrase?: string | undefined;
}

/**
 * The detached signature of a checksum file, as registries expect it: binary, by an RSA key. It is the same for the same file,
 * key and date.
 *
 * @throws Error that says what is wrong with the key
 */
export async function signDetached(content: Buffer, key: SigningKey, date: Date): Promise<Buffer> {
  const read = await readPrivateKey({ armoredKey: key.armored });
  const { algorithm } = read.getAlgorithmInfo();
  if (!algorithm.startsWith("rsa"))
    throw new Error(`Registries need an RSA key to verify a release; this key is ${algorithm}.`);
  const privateKey =
    key.passphrase === undefined ? read : await decryptKey({ privateKey: read, passphrase: key.passphrase });
  const signature: unknown = await sign({
    message: await createMessage({ binary: content }),
    signingKeys: privateKey,
    detached: true,
    format: "binary",
    date,
    config: { preferredHashAlgorithm: enums.hash.sha256, nonDeterministicSignaturesViaNotation: false },
  });
  return Buffer.from(signature as Uint8Array);
}
