import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import * as z from "zod";
import { sha256Of } from "./hand-over";
import { CountedCause } from "./leaving-causes";

/** The saved plans of a run, as the job that plans hands them to the one that applies, and to nobody else. */

const PlanToApply = z.strictObject({
  name: z.string(),
  /** The saved plan, in base64. */
  plan: z.base64(),
  /** What the engine showed of it, which the report and the guard read. */
  plan_json: z.string(),
  report_sha256: z.string(),
});

const SealedPlans = z.strictObject({
  commit: z.string(),
  stacks_sha256: z.string(),
  /**
   * Why the plans make their changes: the trailers of the commit, and of the commits by which people leave.
   */
  why: z.strictObject({ ticket: z.string().optional(), reason: z.string().optional() }),
  /** The changes by which people lose their accounts. */
  causes: z.array(CountedCause),
  /** How many people must approve it. 0: nobody leaves a set, and nobody is reactivated. */
  approvals: z.int().min(0).max(2),
  apply: z.array(PlanToApply),
  /**
   * The plans that are not applied, because they change nothing or are refused. Users declared there are
   * deleted by no other plan.
   */
  protect: z.array(z.string()),
  /** The names of the stacks that are refused. */
  refused: z.array(z.string()),
});

/** The saved plans of a run, before they are sealed. */
export type SealedPlans = z.infer<typeof SealedPlans>;

/** The SHA-256 of the plan and the report of each stack that is applied, as JSON in one line. */
export function describeStacks({ apply }: Pick<SealedPlans, "apply">): string {
  return JSON.stringify(
    apply.map(({ name, plan_json, report_sha256 }) => ({
      name,
      plan_sha256: sha256Of(plan_json),
      report_sha256,
    })),
  );
}

/** What a sealed file begins with. Changes with its form. */
const MARK = Buffer.from("genauth-plan-3\n");

/** The lengths of what follows it, in bytes. */
const SALT = 16;
const NONCE = 12;
const TAG = 16;

/** The shortest key, in characters. A random one of 32 hexadecimal digits has 128 bits. */
const SHORTEST_PLAN_KEY = 32;

/**
 * Encrypts the saved plans. They name people, and everybody who can read a repository can download its
 * artifacts.
 *
 * @param key GENAUTH_PLAN_KEY, which the jobs that plan and apply share
 * @throws Error if the key is too short
 */
export function sealPlans(plans: SealedPlans, key: string | undefined): Buffer {
  const salt = randomBytes(SALT);
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(key, salt), nonce);
  const sealed = Buffer.concat([cipher.update(gzipSync(JSON.stringify(plans))), cipher.final()]);
  return Buffer.concat([MARK, salt, nonce, cipher.getAuthTag(), sealed]);
}

/** Decrypts saved plans. @throws Error if the key is another one, or the file was changed */
export function unsealPlans(file: Buffer, key: string | undefined): SealedPlans {
  let at = 0;
  const take = (size: number): Buffer => file.subarray(at, (at += size));
  const mark = take(MARK.length);
  const salt = take(SALT);
  const nonce = take(NONCE);
  const tag = take(TAG);
  const secret = deriveKey(key, salt);
  try {
    if (!mark.equals(MARK)) throw new Error("it has another form");
    const decipher = createDecipheriv("aes-256-gcm", secret, nonce).setAuthTag(tag);
    const text = Buffer.concat([decipher.update(file.subarray(at)), decipher.final()]);
    return SealedPlans.parse(JSON.parse(gunzipSync(text).toString("utf8")));
  } catch (cause) {
    throw new Error(
      "The saved plan could not be decrypted. The jobs that plan and apply need the same GENAUTH_PLAN_KEY and the same version of this program. Nothing was applied.",
      { cause },
    );
  }
}

/** @throws Error if the key of the saved plans is missing or too short */
export function checkPlanKey(key: string | undefined): string {
  if (key !== undefined && key.length >= SHORTEST_PLAN_KEY) return key;
  throw new Error(
    `GENAUTH_PLAN_KEY must have at least ${SHORTEST_PLAN_KEY} characters, such as the output of openssl rand -hex 32. The jobs that plan and apply need the same one. Nothing was applied.`,
  );
}

function deriveKey(key: string | undefined, salt: Buffer): Buffer {
  return scryptSync(checkPlanKey(key), salt, 32);
}
