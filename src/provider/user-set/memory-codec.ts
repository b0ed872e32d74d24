import { createHash } from "node:crypto";
import * as z from "zod";
import { DiagnosticError } from "../../plugin";
import { parseJson } from "../../text";
import { NO_MEMORY, type SetMemory, UserIdType } from "../../users";

/*
 * The memory of a set is the hidden data that Terraform keeps beside the state, above all the user that each
 * id named when it was first seen.
 *
 * Compact, because a set may hold 100,000 users: one line of JSON, then 12 bytes per user (a system user id
 * is 24 hexadecimal digits) in the order of the sorted ids. Twelve zero bytes stand for "not seen yet". An id
 * of type `user_id` is its own binding, so that only the ids not seen yet are written.
 */

const BYTES = 12;
const COMPACT = /^[0-9a-f]{24}$/;
const NEWLINE = 0x0a;
/** The entry of an id that was not seen yet, in hexadecimal digits. */
const NOT_SEEN = "0".repeat(2 * BYTES);

/** A set of ids, written in their order. */
const idSet = z.codec(z.array(z.string()), z.custom<ReadonlySet<string>>(), {
  decode: (ids) => new Set(ids),
  encode: (ids) => [...ids].sort(),
});

/** A map, written in the order of its keys. */
function mapOf<K extends string, V>(keys: z.ZodType<K, K>, values: z.ZodType<V, V>) {
  return z.codec(z.array(z.tuple([keys, values])), z.custom<ReadonlyMap<K, V>>(), {
    decode: (entries) => new Map(entries),
    encode: (map) => [...map].sort(([one], [other]) => (one < other ? -1 : 1)),
  });
}

const header = z.object({
  version: z.literal(1),
  /** Hash of the sorted ids, so that bindings are never matched with other ids. */
  digest: z.string(),
  undeclared: idSet,
  rebindings: mapOf(z.string(), z.string()),
  /** Bindings to system user ids of another form, which private deployments may use. */
  others: mapOf(z.string(), z.string()),
  /** Only for type `user_id`, in place of the block: the ids not seen yet. */
  unseen: idSet.optional(),
  waiting: mapOf(
    z.string(),
    z.object({
      label: z.string(),
      userId: z.string(),
      status: z.string().optional(),
      statusChangedAt: z.string().optional(),
      isOurs: z.boolean(),
      isDue: z.boolean(),
    }),
  ),
});

/**
 * @param ids the keys of the state's `users` that the data goes with
 * @param type what the ids are
 */
export function encodeMemory(memory: SetMemory, ids: Iterable<string>, type: UserIdType): Uint8Array {
  const sorted = [...ids].sort();
  const ownBinding = type === UserIdType.USER_ID;
  const others = new Map<string, string>();
  const block = Buffer.alloc(ownBinding ? 0 : sorted.length * BYTES);
  for (const [index, id] of ownBinding ? [] : sorted.entries()) {
    const bound = memory.bindings.get(id);
    if (bound === undefined) continue;
    if (COMPACT.test(bound)) block.write(bound, index * BYTES, "hex");
    else others.set(id, bound);
  }
  const unseen = ownBinding ? new Set(sorted.filter((id) => !memory.bindings.has(id))) : undefined;
  return joinPrivateData({ ...memory, version: 1, digest: digestOf(sorted), others, unseen }, block);
}

/**
 * Reads what `encodeMemory` wrote. Data that is absent, or that belongs to other ids (a state edited by
 * hand), binds nobody.
 *
 * @throws DiagnosticError if the data is damaged or was written by a later version of this provider
 */
export function decodeMemory(bytes: Uint8Array, ids: Iterable<string>): SetMemory {
  const { head = bytes.length === 0 ? NO_HEAD : undefined, block } = splitPrivateData(bytes);
  if (!head) {
    const detail =
      "The set's private data in the state is damaged, or was written by a later version of the GenAuth provider. Use that version, or restore the state from a backup. To remove the set without deleting anybody, run destroy with -refresh=false, and create it again.";
    throw new DiagnosticError("The state of the set cannot be read", detail);
  }
  const sorted = bytes.length === 0 ? [] : [...ids].sort();
  const { undeclared, rebindings, others, unseen, waiting } = head;
  const left = { undeclared, waiting };
  if (head.digest !== digestOf(sorted) || !(unseen || block.length === sorted.length * BYTES)) {
    return { bindings: new Map(), rebindings: new Map(), ...left };
  }
  const bindings = unseen
    ? new Map(sorted.filter((id) => !unseen.has(id)).map((id) => [id, id]))
    : new Map([...boundIn(block, sorted), ...others]);
  return { bindings, ...left, rebindings };
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

/** Reads on demand which users ids named when they were first seen: nobody, if the data is damaged. */
export function bindingsReader(bytes: Uint8Array): (ids: readonly string[]) => SetMemory["bindings"] {
  return (ids) => (isReadable(bytes) ? decodeMemory(bytes, ids).bindings : new Map());
}

/** Whether `decodeMemory` can read it. */
export function isReadable(bytes: Uint8Array): boolean {
  return bytes.length === 0 || splitPrivateData(bytes).head !== undefined;
}

type Header = z.infer<typeof header>;

/** The header of a set without a history: it belongs to no ids. */
const NO_HEAD: Header = { ...NO_MEMORY, version: 1, digest: "", others: new Map() };

function joinPrivateData(head: Header, block: Buffer): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify(z.encode(header, head))}\n`), block]);
}

function splitPrivateData(bytes: Uint8Array): { head?: Header; block: Buffer } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.indexOf(NEWLINE);
  const head = header.safeParse(parseJson(buffer.subarray(0, Math.max(end, 0)).toString("utf8")));
  const block = buffer.subarray(end + 1);
  return head.success ? { head: head.data, block } : { block };
}
