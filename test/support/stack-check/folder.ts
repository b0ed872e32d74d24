import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Files by path: their text, or an object that is written as JSON, or the target of a link. */
export type Files = Readonly<Record<string, string | object | Link>>;

export class Link {
  constructor(readonly target: string) {}
}

/** Writes files into a new folder, which is removed afterwards. */
export function withFolder<T>(files: Files, use: (folder: string) => T): T {
  const { folder, remove } = makeFolder(files);
  try {
    return use(folder);
  } finally {
    remove();
  }
}

/** Writes files into a new folder. Links may lead to folders beside it. */
export function makeFolder(files: Files): { readonly folder: string; readonly remove: () => void } {
  const outside = mkdtempSync(join(tmpdir(), "genauth-stack-"));
  const folder = join(outside, "stack");
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    if (content instanceof Link) symlinkSync(content.target, file);
    else writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  }
  return { folder, remove: () => rmSync(outside, { recursive: true, force: true }) };
}
