import { createHash } from "node:crypto";
import * as z from "zod";
import { DiagnosticError, error } from "../../plugin";
import { type Handover, type SetMemory, UserIdType } from "../../users";

/*
 * The memory of a set is the hidden data that Terraform keeps beside the state, above all the user that each id named when it was first seen.
 *
 * Compact, because a set may hold 100,000 users: one line of JSON, then 12 bytes per user (a system user id is 24 hexadecimal
 * digits) in the order of the sorted ids. Twelve zero bytes stand for "not seen yet". An id of type `user_id` is its own
 * binding, so that only the ids not seen yet are written.
 */

const BYTES = 12;
const COMPACT = /^[0-9a-f]{24}$/;
const NEWLINE = 0x0a;
/** The entry of an id that was not seen yet, in hexadecimal digits. */
const NOT_SEEN = "0".repeat(2 * BYTES);

const lostUsers = z.object({ count: z.number().int(), first: z.array(z.tuple([z.string(), z.string()])) });

const header = z.object({
  version: z.literal(1),
  /** Hash of the sorted ids, so that bindings are never matched with other ids. */
  digest: z.string(),
  undeclared: z.array(z.string()),
  newcomers: z.array(z.string()).optional(),
  rebindings: z.array(z.tuple([z.string(), z.string()])),
  /** Bindings to system user ids of another form, which private deployments may use. */
  others: z.array(z.tuple([z.string(), z.string()])),
  /** Only for type `user_id`, in place of the block: the ids not seen yet. */
  unseen: z.array(z.string()).optional(),
  /** `PlanNotes`, from one plan to another, or to its apply. */
  plan: z
    .object({
      replacement: z.object({ removals: lostUsers, suspended: lostUsers }).optional(),
      digest: z
        .object({
          declared: z.string().optional(),
          revoking: z.array(z.string()),
          keeping: z.array(z.string()),
          changesWaiting: z.boolean(),
          reactivating: z.array(z.string()).optional(),
          staying: z.array(z.string()).optional(),
        })
        .optional(),
      addedElsewhere: z.array(z.tuple([z.enum(UserIdType), z.array(z.string())])).optional(),
    })
    .optional(),
  /** The users in `suspended`, in the order of their ids. Short names, because there may be thousands. */
  waiting: z
    .array(
      z.object({
        id: z.string(),
        label: z.string(),
        user: z.string(),
        status: z.string().optional(),
        since: z.string().optional(),
        ours: z.boolean(),
        due: z.boolean(),
        tried: z.boolean().optional(),
        days: z.number().int(),
      }),
    )
    .optional(),
  /** Calls that may have suspended users, in the order of their ids. */
  attempts: z
    .array(
      z.object({
        id: z.string(),
        label: z.string(),
        user: z.string(),
        before: z.string().optional(),
        during: z.tuple([z.number().int(), z.number().int()]).optional(),
      }),
    )
    .optional(),
  seen: z.number().optional(),
});

/**
 * @param ids the keys of the state's `users` that the data goes with
 * @param type what the ids are
 */
export function encodeMemory(memory: SetMemory, ids: Iterable<string>, type: UserIdType): Uint8Array {
  const sorted = [...ids].sort();
  const ownBinding = type === UserIdType.USER_ID;
  const others: [string, string][] = [];
  const block = Buffer.alloc(ownBinding ? 0 : sorted.length * BYTES);
  for (const [index, id] of ownBinding ? [] : sorted.entries()) {
    const bound = memory.bindings.get(id);
    if (bound === undefined) continue;
    if (COMPACT.test(bound)) block.write(bound, index * BYTES, "hex");
    else others.push([id, bound]);
  }
  const head: z.infer<typeof header> = {
    version: 1,
    digest: digestOf(sorted),
    undeclared: [...memory.undeclared].sort(),
    newcomers: memory.newcomers && [...memory.newcomers].sort(),
    rebindings: [...memory.rebindings].sort(([a], [b]) => (a < b ? -1 : 1)),
    others,
    unseen: ownBinding ? sorted.filter((id) => !memory.bindings.has(id)) : undefined,
    seen: memory.seen,
    waiting: memory.waiting.size > 0 ? encodeWaiting(memory.waiting) : undefined,
    attempts: memory.attempts.size > 0 ? encodeAttempts(memory.attempts) : undefined,
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), block]);
}

/**
 * Reads what `encodeMemory` wrote. Data that is absent, or that belongs to other ids (a state edited by hand), binds
 * nobody.
 *
 * @throws DiagnosticError if the data is damaged or was written by a later version of this provider
 */
export function decodeMemory(bytes: Uint8Array, ids: Iterable<string>): SetMemory {
  const { head = bytes.length === 0 ? NO_HEAD : undefined, block } = splitPrivateData(bytes);
  if (!head) {
    const detail =
      "The set's private data in the state is damaged, or was written by a later version of the GenAuth provider. Use that version, or restore the state from a backup. To remove the set without deleting anybody, run destroy with -refresh=false, and create it again.";
    throw new DiagnosticError(error("The state of the set cannot be read", detail));
  }
  const sorted = bytes.length === 0 ? [] : [...ids].sort();
  const left = {
    undeclared: new Set(head.undeclared),
    newcomers: head.newcomers && new Set(head.newcomers),
    waiting: decodeWaiting(head.waiting),
    attempts: decodeAttempts(head.attempts),
    seen: head.seen,
  };
  const rebindings = new Map(head.rebindings);
  const unseen = head.unseen && new Set(head.unseen);
  if (head.digest !== digestOf(sorted) || !(unseen || block.length === sorted.length * BYTES)) {
    return { bindings: new Map(), rebindings: new Map(), ...left };
  }
  const bindings = unseen ? ownBindings(sorted, unseen) : boundIn(block, sorted);
  for (const [id, bound] of unseen ? [] : head.others) bindings.set(id, bound);
  return { bindings, ...left, rebindings };
}

function encodeWaiting(waiting: SetMemory["waiting"]): NonNullable<z.infer<typeof header>["waiting"]> {
  return [...waiting]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([id, { label, userId, status, statusChangedAt, isOurs, isDue, isDeletionTried, days }]) => ({
      id,
      label,
      user: userId,
      status,
      since: statusChangedAt,
      ours: isOurs,
      due: isDue,
      tried: isDeletionTried,
      days,
    }));
}

function decodeWaiting(entries: z.infer<typeof header>["waiting"] = []): SetMemory["waiting"] {
  return new Map(
    entries.map(({ id, label, user, status, since, ours, due, tried, days }) => [
      id,
      {
        label,
        userId: user,
        status,
        statusChangedAt: since,
        isOurs: ours,
        isDue: due,
        isDeletionTried: tried,
        days,
      },
    ]),
  );
}

function encodeAttempts(attempts: SetMemory["attempts"]): NonNullable<z.infer<typeof header>["attempts"]> {
  return [...attempts]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([id, { label, userId, changedBefore, during }]) => ({
      id,
      label,
      user: userId,
      before: changedBefore,
      during: during && [Math.floor(during.from), Math.ceil(during.until)],
    }));
}

function decodeAttempts(entries: z.infer<typeof header>["attempts"] = []): SetMemory["attempts"] {
  return new Map(
    entries.map(({ id, label, user, before, during }) => [
      id,
      {
        label,
        userId: user,
        changedBefore: before,
        during: during && { from: during[0], until: during[1] },
      },
    ]),
  );
}

function ownBindings(ids: readonly string[], unseen: ReadonlySet<string>): Map<string, string> {
  const bindings = new Map<string, string>();
  for (const id of ids) if (!unseen.has(id)) bindings.set(id, id);
  return bindings;
}

function boundIn(block: Buffer, ids: readonly string[]): Map<string, string> {
  const bindings = new Map<string, string>();
  for (const [index, id] of ids.entries()) {
    const bound = block.toString("hex", index * BYTES, (index + 1) * BYTES);
    if (bound !== NOT_SEEN) bindings.set(id, bound);
  }
  return bindings;
}

function digestOf(sorted: readonly string[]): string {
  const hash = createHash("sha256");
  for (const id of sorted) hash.update(id).update("\0");
  return hash.digest("hex").slice(0, 16);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Passes information from the plan of an update to the plan of a creation, if the engine replaces the set: the creation has no
 * prior state, but gets the private data that the update planned.
 */
export interface ReplacementMark {
  /** Whom the set still has to delete. */
  readonly removals: LostUsers;
  /** Whom the set suspended, or may have, and who would stay so. */
  readonly suspended: LostUsers;
}

/** Users of whom a new set would know nothing. */
export interface LostUsers {
  readonly count: number;
  /** The first of them: id and label. */
  readonly first: readonly (readonly [id: string, label: string])[];
}

/** What a plan tells another plan, or its apply, beside the memory of the set. No state keeps it. */
export interface PlanNotes extends Omit<Handover, "isApply"> {
  readonly replacement?: ReplacementMark | undefined;
}

/** Returns the private data with these notes and no others. Decodes nothing else, and returns the same data if there are none. */
export function withNotes(
  bytes: Uint8Array,
  { replacement, digest, addedElsewhere = new Map() }: PlanNotes,
): Uint8Array {
  const { head, block } = splitPrivateData(bytes);
  const hasNotes = replacement !== undefined || digest !== undefined || addedElsewhere.size > 0;
  if (!hasNotes && !head?.plan) return bytes;
  const plan = {
    replacement,
    digest,
    addedElsewhere: addedElsewhere.size > 0 ? [...addedElsewhere] : undefined,
  };
  const text = JSON.stringify({ ...(head ?? NO_HEAD), plan: hasNotes ? plan : undefined });
  return Buffer.concat([Buffer.from(`${text}\n`), block]);
}

/** Reads on demand whom ids named when they were first seen: nobody, if the data is damaged. */
export function bindingsReader(bytes: Uint8Array): (ids: readonly string[]) => SetMemory["bindings"] {
  return (ids) => (isReadable(bytes) ? decodeMemory(bytes, ids).bindings : new Map());
}

/** Whether `decodeMemory` can read it. */
export function isReadable(bytes: Uint8Array): boolean {
  return bytes.length === 0 || splitPrivateData(bytes).head !== undefined;
}

/** The notes in private data. */
export function notesIn(bytes: Uint8Array): PlanNotes {
  const { addedElsewhere, ...notes } = splitPrivateData(bytes).head?.plan ?? {};
  return { ...notes, addedElsewhere: addedElsewhere && new Map(addedElsewhere) };
}

/** What an engine hands to a plan from the one that somebody approved; `undefined` on an engine that hands nothing on. */
export function handoverOf({ keepsPrivateData, approvedPrivateData }: Given): Handover | undefined {
  if (!keepsPrivateData) return undefined;
  const isApply = approvedPrivateData !== undefined;
  const { digest, addedElsewhere } = isApply ? notesIn(approvedPrivateData) : {};
  return { isApply, digest, addedElsewhere };
}

interface Given {
  readonly keepsPrivateData?: boolean;
  readonly approvedPrivateData?: Uint8Array;
}

/** The header of a set without a history: it belongs to no ids. */
const NO_HEAD: z.infer<typeof header> = {
  version: 1,
  digest: "",
  undeclared: [],
  rebindings: [],
  others: [],
};

function splitPrivateData(bytes: Uint8Array): { head?: z.infer<typeof header>; block: Buffer } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.indexOf(NEWLINE);
  const head = header.safeParse(jsonOf(buffer.subarray(0, Math.max(end, 0)).toString("utf8")));
  const block = buffer.subarray(end + 1);
  return head.success ? { head: head.data, block } : { block };
}
