import { createCipheriv, createDecipheriv, createHash, randomBytes, scryptSync } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lchownSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import * as z from "zod";
import { replaceFile } from "../files";

/**
 * What one job hands to the next: files with fixed names in one folder. Code of the checkout ran in some jobs, so nothing but the
 * bytes of a regular file is taken over, and those are compared with a SHA-256 that came another way.
 */

/** The folder of a run at the top of the checkout. */
export const RUN_FOLDER = "genauth-run";

/** The files of a run that jobs hand over, in `RUN_FOLDER`. */
export const HANDED_OVER = {
  stacks: "synth/stacks.tar",
  plan: "plan/plan.sealed",
  comment: "plan/comment.md",
  audit: "apply/audit.jsonl",
  outcome: "apply/outcome.json",
} as const;

/** What a person calls those that a later job reads. */
const TITLES = {
  stacks: "The tar of the stacks",
  plan: "The saved plan",
  comment: "The comment with the report",
} as const;
type HandedOver = keyof typeof TITLES;

/** The SHA-256 of bytes or text, in hexadecimal digits. */
export function sha256Of(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * Reads what an earlier job handed over.
 *
 * @param folder that of the run
 * @param sha256 what that job said; undefined: the platform itself fetched the file from that job
 * @throws Error if it is missing, is no regular file, lies behind a link, or is another one
 */
export function readHandedOver(folder: string, name: HandedOver, sha256: string | undefined): Buffer {
  const path = join(folder, HANDED_OVER[name]);
  const why = !existsSync(path)
    ? "is missing"
    : realpathSync(path) !== join(realpathSync(dirname(folder)), basename(folder), HANDED_OVER[name])
      ? "is a link, or lies behind one"
      : undefined;
  if (why !== undefined)
    throw new Error(
      `${TITLES[name]} was not handed over: ${path} ${why}. Nothing was planned or applied from it. Run the whole pipeline again.`,
    );
  const content = readPlainFile(path);
  const found = sha256Of(content);
  if (sha256 !== undefined && found !== sha256.toLowerCase())
    throw new Error(
      `${TITLES[name]} is not the one that an earlier job handed over: its SHA-256 is ${found}, and the job said ${sha256 || "nothing"}. Nothing was planned or applied from it. Run the whole pipeline again.`,
    );
  return content;
}

/** Reads a regular file, and follows no link in its place. @throws Error if it is something else */
export function readPlainFile(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(file).isFile())
      throw new Error(`${path} is no file. Nothing was planned or applied from it.`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Writes a file of a run, in place of whatever is there. @returns its SHA-256 */
export function writeHandedOver(folder: string, name: HandedOver, content: Buffer): string {
  replaceFile(join(folder, HANDED_OVER[name]), content);
  return sha256Of(content);
}

/** Gives a folder and all that is in it to a user. No link is followed: in a checkout, one can lead anywhere on the machine. */
export function giveFolder(path: string, uid: number, gid: number): void {
  lchownSync(path, uid, gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const each of readdirSync(path)) giveFolder(join(path, each), uid, gid);
}

/** The drift of a stack, as a later job needs it. */
export interface StackDrift {
  readonly name: string;
  /** The headline of the report. */
  readonly title: string;
  /** A SHA-256 of who is in the drift, or `none`. It says whether they are others than the last time. */
  readonly people: string;
}

/** How grave the plan of a stack is, the gravest last: what decides who may let it be applied. */
export const PLANNED_CHANGES = ["nothing", "without-deletions", "approval"] as const;

/** See {@link PLANNED_CHANGES}. */
export type PlannedStackChange = (typeof PLANNED_CHANGES)[number];

/** What the plan of a run does. `two-approvals`: it deletes more people than one person may approve. */
export type PlannedRunChange = PlannedStackChange | "two-approvals";

const SealedStack = z.strictObject({
  name: z.string(),
  change: z.enum(PLANNED_CHANGES),
  /** The saved plan, in base64. */
  plan: z.base64(),
  /** What the engine showed of it, which the report and the guard read. */
  plan_json: z.string(),
  report_sha256: z.string(),
});

const SealedPlans = z.strictObject({
  commit: z.string(),
  stacks_sha256: z.string(),
  /** Of a nightly run, whose plans delete only those who are due. */
  is_due: z.boolean(),
  /** Why the changes were made that the plans bring. */
  why: z.strictObject({ ticket: z.string().optional(), reason: z.string().optional() }),
  /** How many people must approve it, if anybody must. */
  approvals: z.int().min(1).max(2),
  stacks: z.array(SealedStack),
  /** The names of the stacks that were refused, so they are not among these. */
  refused: z.array(z.string()),
});

/** The saved plans of a run, with what was reported of them. */
export type SealedPlans = z.infer<typeof SealedPlans>;

/** The SHA-256 of the plan and the report of each stack, as JSON in one line. */
export function describeStacks({ stacks }: Pick<SealedPlans, "stacks">): string {
  return JSON.stringify(
    stacks.map(({ name, plan_json, report_sha256 }) => ({
      name,
      plan_sha256: sha256Of(plan_json),
      report_sha256,
    })),
  );
}

/** What a sealed file begins with. Changes with its form. */
const MARK = Buffer.from("genauth-plan-1\n");
const [SALT, NONCE, TAG] = [16, 12, 16];

/** The shortest key, in characters. A random one of 32 hexadecimal digits has 128 bits. */
const SHORTEST_PLAN_KEY = 32;

/**
 * Encrypts the saved plans. They name people, and whoever can read a repository can download an artifact.
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
  const [mark, salt, nonce, tag] = [take(MARK.length), take(SALT), take(NONCE), take(TAG)];
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
