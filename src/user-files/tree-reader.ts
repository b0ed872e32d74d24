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
} from "js-yaml";

/** How YAML 1.2 writes null, as its core schema says. */
const NULLS = new Set(["", "~", "null", "Null", "NULL"]);

/** A text, a list, a map, or a mention of another node. */
export interface Node {
  readonly event: ScalarEvent | SequenceEvent | MappingEvent | AliasEvent;
  /** The offset in the text where it begins. */
  readonly start: number;
}

/**
 * Goes through a JSON or YAML text node by node. The parser notes where each begins and makes no objects of them, which
 * takes a fifth to a tenth of the memory.
 */
export class TreeReader {
  readonly #text: string;
  readonly #events: readonly Event[];
  /** Of the events. */
  #at = 0;
  /** Where the last node ended, as far as that is known without what is in it. */
  #end = 0;
  /** The next mark of a line's own after that, as far as it was looked for: each search may pass over the whole file. */
  #nextMark = 0;
  /** The line that was asked for last, where it starts, and where the next one does. */
  #line = 0;
  #lineStart = 0;
  #lineEnd = 0;

  /** @throws YAMLException where the text is neither JSON nor YAML */
  constructor(text: string) {
    this.#text = text;
    this.#events = parseEvents(text, {});
  }

  /** Takes the next document's only node, after all of the former one; undefined at the end of the file. */
  openDocument(): Node | undefined {
    if (this.#at > 0) this.hasMore();
    if (this.#at === this.#events.length) return undefined;
    this.#at += 1;
    return this.open();
  }

  /** Whether the list, map or document that is open has another node; takes its end where it has none. */
  hasMore(): boolean {
    if (this.#events[this.#at]?.type !== EVENT_ID.POP) return true;
    this.#at += 1;
    return false;
  }

  /** Takes the next node; what is in it comes next. */
  open(): Node {
    const event = this.#events[this.#at++];
    if (!event || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT)
      throw new Error("A node was expected.");
    const found = startOf(event);
    const start = found === -1 ? this.#startOfNothing() : found;
    this.#end = event.type === EVENT_ID.SCALAR && found !== -1 ? event.valueEnd : start;
    return { event, start };
  }

  /** Takes the next node, with all that is in it. */
  take(): Node {
    const node = this.open();
    if (isList(node) || isMap(node)) while (this.hasMore()) this.take();
    return node;
  }

  /** The text of a node, as it is meant: without quotes, and empty for null; undefined where it is no text. */
  textOf(node: Node): string | undefined {
    if (node.event.type !== EVENT_ID.SCALAR) return undefined;
    return this.isNull(node) ? "" : getScalarValue(this.#text, node.event);
  }

  /** Whether nothing is written where a node should be, or one of the words for null. */
  isNull({ event }: Node): boolean {
    return (
      event.type === EVENT_ID.SCALAR &&
      event.style === SCALAR_STYLE.PLAIN &&
      event.tagStart === -1 &&
      NULLS.has(this.#text.slice(event.valueStart, event.valueEnd))
    );
  }

  /** The line where a node begins, counted from 1. Fast for nodes in the order of the file. */
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

  /** Where a node would be that is left out: after its key, or else at the next mark of a line's own. */
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

/** Whether a node is a list. */
export function isList({ event }: Node): boolean {
  return event.type === EVENT_ID.SEQUENCE;
}

/** Whether a node is a map. */
export function isMap({ event }: Node): boolean {
  return event.type === EVENT_ID.MAPPING;
}

/** -1 where nothing is written. */
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
