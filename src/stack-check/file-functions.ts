import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { type BodyFinding } from "./check-body";
import type { Token } from "./body";
import { scanHcl } from "./hcl-tokens";

/** Where calls of functions stand, as far as it decides which files they read. */
export interface CallSite {
  /** The folder of the stack, which a relative path begins at. */
  readonly stack: string;
  /** The folder of the module; absent in the file of a template, where `path` is whatever its caller passes. */
  readonly module?: string;
  /** The folder whose files may be read. */
  readonly root: string;
  /** Called for each file that is read as a template. */
  readonly template: (path: string, line: number) => BodyFinding[];
}

type Code = readonly Token[];

/** All functions of the engines that read files, also those of later versions, have a name that begins so. */
const READS_FILES = /^(?:file|template)/;

/**
 * Finds calls of functions that may read a file outside a folder, such as `/proc/self/environ` with the key of the job.
 *
 * @param code all code of a file, each sequence of a template by itself
 */
export function checkFileFunctions(code: readonly Code[], site: CallSite): BodyFinding[] {
  return code.flatMap((tokens) => {
    // Inside brackets, a line break may stand anywhere.
    const words = tokens.filter(({ kind }) => kind !== "newline");
    return words.flatMap((word, index) => {
      if (word.kind !== "word") return [];
      if (word.text === "for") return checkLoop(words.slice(index + 1, index + 4), word.line);
      if (words[index + 1]?.text !== "(" || !READS_FILES.test(word.text)) return [];
      return checkCall(word, argumentsOf(words, index + 2), site);
    });
  });
}

/** A loop's variable can replace the object `path`, whose values the paths of files may begin with. */
function checkLoop([first, comma, second]: Code, line: number): BodyFinding[] {
  const names = [first?.text, ...(comma?.text === "," ? [second?.text] : [])];
  return names.includes("path")
    ? [{ line, problem: "A loop's variable must not be named path, which hides path.module. Rename it." }]
    : [];
}

function argumentsOf(words: Code, start: number): Code[] {
  const found: Token[][] = [[]];
  let depth = 0;
  for (const token of words.slice(start)) {
    if (token.kind === "symbol" && /^[)\]}]$/.test(token.text)) depth -= 1;
    if (depth < 0) break;
    if (token.kind === "symbol" && /^[([{]$/.test(token.text)) depth += 1;
    if (depth === 0 && token.text === ",") found.push([]);
    else found.at(-1)?.push(token);
  }
  return found;
}

function checkCall({ text: name, line }: Token, given: readonly Code[], site: CallSite): BodyFinding[] {
  if (name === "templatestring")
    return [
      { line, problem: "templatestring runs code that this check cannot see. Write it as a template." },
    ];
  const [path, pattern] = given;
  const file = path && pathOf(path, site);
  if (file === undefined)
    return [
      {
        line,
        problem:
          site.module === undefined
            ? `${name} needs a literal relative path in a template, such as "staff.csv".`
            : `${name} needs a literal relative path, such as "\${path.module}/staff.csv": no other expression, no ~ and no path.cwd.`,
      },
    ];
  if (!isInside(site.root, file) || !isRealPathInside(site.root, file))
    return [
      {
        line,
        problem: `${name} reads ${relative(site.stack, file)}, which is outside the folder ${basename(site.root)}. Move the file into that folder, or name with --root a folder that contains both.`,
      },
    ];
  if (name === "fileset" && !isPlainPattern(pattern))
    return [
      { line, problem: `fileset needs a literal pattern that does not lead upwards, such as "*.csv".` },
    ];
  return name === "templatefile" ? site.template(file, line) : [];
}

/** The file that a literal path names; undefined if it is none, or absolute. */
function pathOf(argument: Code, site: CallSite): string | undefined {
  const text = argument.map((token) => token.text).join("");
  const folder = folderOf(text, site);
  if (folder !== undefined) return folder;
  const [token, ...others] = argument;
  if (token?.kind !== "string" || others.length > 0) return undefined;
  if (token.literal !== undefined)
    return /^(?:[/~]|[A-Za-z]:)|\\/.test(token.literal) ? undefined : resolvePath(site.stack, token.literal);
  const [, object = "", rest = ""] = /^"\$\{([^{}]*)\}(.*)"$/s.exec(token.text) ?? [];
  const base = folderOf(object.trim(), site);
  const tail = scanHcl(`"${rest}"`)[0]?.literal;
  if (base === undefined || tail === undefined || !/^(?:\/[^\\]*)?$/.test(tail)) return undefined;
  return resolvePath(base, `.${tail}`);
}

function folderOf(object: string, { stack, module }: CallSite): string | undefined {
  if (module === undefined) return undefined;
  return object === "path.module" ? module : object === "path.root" ? stack : undefined;
}

/** As an engine does, which normalizes all strings. */
function resolvePath(base: string, path: string): string {
  return resolve(base, path.normalize("NFC"));
}

function isPlainPattern([token, ...others]: Code = []): boolean {
  const pattern = token?.literal;
  if (pattern === undefined || others.length > 0 || /\.\.|\\/.test(pattern)) return false;
  // Alternatives in braces could be put together to two dots.
  return pattern.split("/").every((part) => !/[{}]/.test(part) || part.split(".").length <= 2);
}

/** Whether a path is a folder or lies in it, by its name alone. */
export function isInside(folder: string, path: string): boolean {
  const steps = relative(folder, path);
  return steps !== ".." && !steps.startsWith(`..${sep}`) && !isAbsolute(steps);
}

/** Whether a path lies in a folder after its links are followed. One through a link to nowhere does not. */
function isRealPathInside(folder: string, path: string): boolean {
  let existing = path;
  while (!lstatSync(existing, { throwIfNoEntry: false })) existing = dirname(existing);
  try {
    return isInside(folder, join(realpathSync(existing), relative(existing, path)));
  } catch {
    return false;
  }
}
