import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** The page of the proofs, relative to the root. */
export const PROOFS = "test/proofs/README.md";

/** Listed under a heading of its own. */
const LONG = "test/proofs/long/";

/** So many titles say what a file is about; the file has the others. */
const LISTED = 3;

/** A text before a function: the title of a test, or of a table of tests. A name of an event has no blank. */
const TITLE = /\(\s*(?:"((?:[^"\\\n]|\\.)* (?:[^"\\\n]|\\.)*)"|`([^`]* [^`]*)`),\s*(?:async\b|\(|\w+\s*=>)/g;

/**
 * Renders the page of the proofs: what people write of them, and the titles of the tests.
 *
 * @throws Error for a file whose titles cannot be read, since the page would leave it out unnoticed
 */
export function renderProofs(root: string): string {
  const template = readFileSync(join(root, "templates/proofs.md.tmpl"), "utf8");
  return template.replaceAll(/\{\{ tests "(.+)" \}\}/g, (_, folder: string) => listTests(root, folder));
}

function listTests(root: string, folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name}`)
    .filter((file) => file.endsWith(".test.ts") && file.startsWith(LONG) === `${folder}/`.startsWith(LONG))
    .sort()
    .map((file) => {
      const titles = readTitles(readFileSync(join(root, file), "utf8"));
      if (titles.length === 0) throw new Error(`${file}: no title of a test is found.`);
      const name = relative(folder, file).replace(".test.ts", "");
      const more = titles.length > LISTED ? ["and more"] : [];
      const listed = [...titles.slice(0, LISTED), ...more];
      return `- [${name}](${relative("test/proofs", file)}): ${listed.join("; ")}.`;
    })
    .join("\n");
}

/** The titles of the tests in a text, with `…` for what a table fills in. */
function readTitles(text: string): string[] {
  return [...text.matchAll(TITLE)]
    .map(([, quoted, template]) =>
      quoted === undefined ? (template ?? "") : (JSON.parse(`"${quoted}"`) as string),
    )
    .map((title) =>
      title.replaceAll(/\$\{[^}]*\}|%[a-z%]|\$\w+(?:\.\w+)*/g, "…").replaceAll(/([<>*_[\]`\\])/g, "\\$1"),
    );
}
