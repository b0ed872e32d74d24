import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(__dirname, "../../..");

/** All documents for people, relative to the root. */
export const DOCUMENTS: readonly string[] = [
  ...documentsIn("."),
  ...documentsIn(".github", { recursive: true }),
  ...documentsIn("docs", { recursive: true }),
  ...documentsIn("examples", { recursive: true }),
  ...documentsIn("test", { recursive: true }),
];

function documentsIn(folder: string, { recursive = false } = {}): string[] {
  return readdirSync(join(ROOT, folder), { recursive, encoding: "utf8" })
    .filter((file) => file.endsWith(".md") && !/(^|\/)(node_modules|cdktf\.out|\.terraform)\//.test(file))
    .map((file) => join(folder, file))
    .sort();
}

export function readDocument(document: string): string {
  return readFileSync(join(ROOT, document), "utf8");
}

/** A document without the text of its fenced blocks, which is not Markdown. */
export function withoutCode(text: string): string {
  return text.replaceAll(/^( *)```.*?^\1```$/gms, "");
}

/** The links of a document to files of the repository and to headings, as they are written. */
export function relativeLinksOf(document: string): string[] {
  return [...withoutCode(readDocument(document)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The text of a fenced block, by its language and its number among those; the first is 0. */
export function fencedBlock(document: string, language: string, number = 0): string {
  const blocks = readDocument(document).matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"));
  const block = [...blocks][number]?.[1];
  if (block === undefined) throw new Error(`${document} has no block ${number} in ${language}.`);
  return block;
}

/** A fenced block of commands. */
export interface ConsoleBlock {
  readonly document: string;
  /** The line of the block's opening fence. */
  readonly line: number;
  readonly commands: readonly Command[];
}

interface Command {
  readonly text: string;
  /** The output that the document shows. */
  readonly output: readonly string[];
}

/**
 * The commands of a document. In a block `console`, lines that begin with `$` are commands, and other lines are their output. A block
 * `shell` is one script.
 */
export function consoleBlocks(document: string): ConsoleBlock[] {
  const text = readDocument(document);
  // In a list, a block is indented.
  return [...text.matchAll(/^( *)```(console|shell)\n(.*?)^\1```$/gms)].map(
    ({ 1: indent = "", 2: language, 3: body = "", index }) => {
      const lines = body.replaceAll(new RegExp(`^${indent}`, "gm"), "");
      return {
        document,
        line: text.slice(0, index).split("\n").length,
        commands: language === "shell" ? [{ text: lines, output: [] }] : readCommands(lines),
      };
    },
  );
}

function readCommands(body: string): Command[] {
  const commands: { text: string; output: string[] }[] = [];
  for (const line of body.split("\n").filter(Boolean)) {
    const command = /^\$ (.*)$/.exec(line)?.[1];
    if (command !== undefined) commands.push({ text: command, output: [] });
    else commands.at(-1)?.output.push(line);
  }
  return commands;
}
