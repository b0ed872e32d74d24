import {
  EVENT_ID,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type AliasEvent,
  type Event,
  type MappingEvent,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
} from "js-yaml";

import {
  checkCount,
  type Row,
  UserFileError,
  type UserFileOptions,
  type UserFileText,
  type UserFileWords,
} from "./user-file";

const SHAPES = "it must be a list of ids, a list of objects, or a map from id to label";

/**
 * Reads a .yaml or .json file: a list of ids, a list of objects, or a map from id to label. JSON is a subset
 * of YAML, and this parser reports the line of each value. Numbers keep their digits as written, so `0049…`
 * stays a phone number.
 *
 * @throws UserFileError for any other structure, and for too many users or values
 */
export function readTree(
  { file, text }: UserFileText,
  options: UserFileOptions,
  words: UserFileWords,
): Row[] {
  const reader = parse({ file, text });
  const rows: Row[] = [];
  const top = reader.openDocument();
  if (top === undefined) return rows;
  if (isList(top) || isMap(top)) {
    while (reader.hasMore()) {
      rows.push(isList(top) ? listItem() : mapEntry());
      checkCount(rows.length, file);
    }
  } else if (!reader.isNull(top)) throw problem(top, `${SHAPES}, but it is a single value.`);
  const second = reader.openDocument();
  if (second) throw problem(second, "a second document begins here. Keep only one.");
  return rows;

  function mapEntry(): Row {
    const id = reader.take();
    return row(id, reader.take());
  }

  function listItem(): Row {
    const item = reader.open();
    if (!isMap(item)) return row(item, undefined);
    const idKey = options.id ?? "id";
    const labelKey = options.label ?? "label";
    const found = new Map<string | undefined, Node>();
    let first: string | undefined;
    while (reader.hasMore()) {
      const key = reader.take();
      const name = reader.textOf(key);
      const value = reader.take();
      if (name !== "" && name !== MERGE_KEY) first ??= name;
      if (name !== idKey && name !== labelKey) continue;
      if (found.has(name)) throw problem(key, `"${name}" appears twice in one object. Keep the right one.`);
      found.set(name, value);
    }
    const id = found.get(idKey);
    if (!id) {
      const advice =
        first === undefined ? "" : ` Name the property to read, such as ${words.choose(file, "id", first)}.`;
      throw problem(item, `this object has no "${idKey}", which holds the id.${advice}`);
    }
    return row(id, found.get(labelKey));
  }

  function row(id: Node, label: Node | undefined): Row {
    return { id: textOf(id), label: label ? textOf(label) : "", line: reader.lineOf(id) };
  }

  function textOf(node: Node): string {
    const found = reader.textOf(node);
    if (found !== undefined) return found;
    const advice = isAlias(node) ? " This is an alias: put a text that begins with * into quotes." : "";
    throw problem(node, `${SHAPES}; each id and label must be plain text.${advice}`);
  }

  function problem(node: Node, message: string): UserFileError {
    return new UserFileError(file, message, reader.lineOf(node));
  }
}

function parse({ file, text }: UserFileText): TreeReader {
  if (hasTooManyMarks(text)) {
    throw new UserFileError(
      file,
      `it holds more than ${MAX_MARKS.toLocaleString("en")} values and lines, the limit of this format. Keep only the id and ` +
        "the label of each user, or save it as .csv, which may hold more.",
    );
  }
  try {
    return new TreeReader(text);
  } catch (cause) {
    if (!(cause instanceof YAMLException)) throw cause;
    const line = cause.mark && cause.mark.line + 1;
    throw new UserFileError(file, `this cannot be read: ${cause.reason}.`, line);
  }
}

/** Every value of a JSON or YAML file follows one of these characters. */
const MARKS = new Set(Array.from("[{,:-?*\n\r", (mark) => mark.charCodeAt(0)));

/**
 * The most marks that a JSON or YAML file may hold. 100,000 users take half of them with an id and a label,
 * and all of them with two further properties. The parser uses 160 bytes for each event: 320 MB at worst.
 */
const MAX_MARKS = 1_000_000;

/**
 * Whether a text has more than `MAX_MARKS` marks. They bound the memory of the parser, since at most two
 * events come with each mark (measured with the shortest notations).
 */
function hasTooManyMarks(text: string): boolean {
  let marks = 0;
  for (let at = 0; at < text.length && marks <= MAX_MARKS; at++) {
    if (MARKS.has(text.charCodeAt(at))) marks += 1;
  }
  return marks > MAX_MARKS;
}

/** The key by which a YAML object takes the properties of another one. They are not read. */
const MERGE_KEY = "<<";

/** The notations of null in YAML 1.2 (source: its core schema). */
const NULLS = new Set(["", "~", "null", "Null", "NULL"]);

/** A scalar, a list, a map, or an alias of another node. */
interface Node {
  readonly event: ScalarEvent | SequenceEvent | MappingEvent | AliasEvent;
  /** Its offset in the text. */
  readonly start: number;
}

/**
 * Reads a JSON or YAML text node by node. The parser records where each node begins and builds no objects,
 * which takes a fifth to a tenth of the memory.
 */
class TreeReader {
  readonly #text: string;
  readonly #events: readonly Event[];
  /** The index of the next event. */
  #at = 0;
  /** Where the last node ended, as far as that is known without its children. */
  #end = 0;
  /**
   * The next `-`, `?` or `:` at the start of a line after that. Kept because a search may scan the whole
   * file.
   */
  #nextMark = 0;
  /** The last requested line, its start, and the start of the next line. */
  #line = 0;
  #lineStart = 0;
  #lineEnd = 0;

  /** @throws YAMLException if the text is neither JSON nor YAML */
  constructor(text: string) {
    this.#text = text;
    this.#events = parseEvents(text, {});
  }

  /**
   * Takes the root node of the next document, after the whole previous one; undefined at the end of the file.
   */
  openDocument(): Node | undefined {
    if (this.#at > 0) this.hasMore();
    if (this.#at === this.#events.length) return undefined;
    this.#at += 1;
    return this.open();
  }

  /** Whether the open list, map or document has another node. Takes its end event if not. */
  hasMore(): boolean {
    if (this.#events[this.#at]?.type !== EVENT_ID.POP) return true;
    this.#at += 1;
    return false;
  }

  /** Takes the next node; its children follow. */
  open(): Node {
    const event = this.#events[this.#at++];
    if (!event || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT)
      throw new Error("A node was expected.");
    const found = startOf(event);
    const start = found === -1 ? this.#startOfNothing() : found;
    this.#end = event.type === EVENT_ID.SCALAR && found !== -1 ? event.valueEnd : start;
    return { event, start };
  }

  /** Takes the next node, with all its children. */
  take(): Node {
    const node = this.open();
    if (isList(node) || isMap(node)) while (this.hasMore()) this.take();
    return node;
  }

  /** The value of a scalar: without quotes, and empty for null; undefined for any other node. */
  textOf(node: Node): string | undefined {
    if (node.event.type !== EVENT_ID.SCALAR) return undefined;
    return this.isNull(node) ? "" : getScalarValue(this.#text, node.event);
  }

  /** Whether a node is null or left out. */
  isNull({ event }: Node): boolean {
    return (
      event.type === EVENT_ID.SCALAR &&
      event.style === SCALAR_STYLE.PLAIN &&
      event.tagStart === -1 &&
      NULLS.has(this.#text.slice(event.valueStart, event.valueEnd))
    );
  }

  /** The line of a node, counted from 1. Fast for nodes in the order of the file. */
  lineOf({ start: offset }: Node): number {
    if (offset < this.#lineStart) [this.#line, this.#lineStart, this.#lineEnd] = [0, 0, 0];
    while (offset >= this.#lineEnd) {
      const breaks = /\r\n|\n|\r/g;
      breaks.lastIndex = this.#lineStart = this.#lineEnd;
      this.#lineEnd = breaks.test(this.#text) ? breaks.lastIndex : Infinity;
      this.#line += 1;
    }
    return this.#line;
  }

  /** The place of a node that is left out: after its key, or else at the next mark at the start of a line. */
  #startOfNothing(): number {
    const follows = /["']?[ \t]*:/y;
    follows.lastIndex = this.#end;
    if (follows.test(this.#text)) return this.#end;
    if (this.#end >= this.#nextMark) {
      const mark = /^[ \t]*[-?:]/gm;
      mark.lastIndex = this.#end;
      this.#nextMark = mark.test(this.#text) ? mark.lastIndex : Infinity;
    }
    return this.#nextMark === Infinity ? this.#end : this.#nextMark;
  }
}

function isList({ event }: Node): boolean {
  return event.type === EVENT_ID.SEQUENCE;
}

function isMap({ event }: Node): boolean {
  return event.type === EVENT_ID.MAPPING;
}

function isAlias({ event }: Node): boolean {
  return event.type === EVENT_ID.ALIAS;
}

/** -1 for a node that is left out. */
function startOf(event: Node["event"]): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return event.valueStart;
    case EVENT_ID.ALIAS:
      return event.anchorStart;
    default:
      return event.start;
  }
}
