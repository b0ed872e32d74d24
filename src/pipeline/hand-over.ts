import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lchownSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { replaceFile } from "../files";

/**
 * What one job hands to the next: files with fixed names in one folder. Code of the checkout ran in some
 * jobs, so nothing but the bytes of a regular file is taken over, and those are compared with a SHA-256 that
 * came another way.
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
  const why = findProblem(folder, HANDED_OVER[name]);
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

/** Why a file below the folder of the run is not read. */
function findProblem(folder: string, file: string): string | undefined {
  const path = join(folder, file);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return "is missing";
  // Links above the folder of the run belong to the machine. Others may come from code of the checkout.
  const expected = join(realpathSync(dirname(folder)), basename(folder), file);
  if (found.isSymbolicLink() || realpathSync(path) !== expected) return "is a link, or lies behind one";
  return found.isFile() ? undefined : "is no file";
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

/**
 * Gives a folder and all that is in it to a user. It follows no link: in a checkout, a link can lead anywhere
 * on the machine.
 */
export function giveFolder(path: string, uid: number, gid: number): void {
  // Its entries first: afterwards, a process of the new owner could put a link in the place of one.
  if (lstatSync(path).isDirectory())
    for (const each of readdirSync(path)) giveFolder(join(path, each), uid, gid);
  lchownSync(path, uid, gid);
}
