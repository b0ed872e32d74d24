import { readFile } from "node:fs/promises";
import * as z from "zod";
import type { PoolUser } from "../emulator";

const text = z.string().min(1);

const user = z.strictObject({
  userId: text,
  status: text.optional(),
  name: text.optional(),
  username: text.optional(),
  email: text.optional(),
  phone: text.optional(),
  phoneCountryCode: text.optional(),
  externalId: text.optional(),
  tenantId: text.optional(),
  identities: z.array(z.strictObject({ extIdpId: text, provider: text, userIdInIdp: text })).optional(),
});

/**
 * Reads the users with whom an emulator starts: a JSON array of objects with the fields of the API's own users,
 * of which only `userId` is required.
 *
 * @throws Error with a sentence that names the file and, where there is one, the entry and the field that is wrong
 */
export async function readUsersFile(file: string): Promise<readonly PoolUser[]> {
  const content = await readFile(file, "utf8").catch((error: unknown) => {
    throw new Error(`The users file cannot be read: ${messageOf(error)}`, { cause: error });
  });
  const checked = z.array(user).safeParse(parse(content, file));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const where = issue && issue.path.length > 0 ? `, at ${z.core.toDotPath(issue.path)}` : "";
  throw new Error(`${file} is not a JSON array of users${where}: ${issue?.message ?? "no reason given"}`);
}

function parse(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new Error(`${file} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
