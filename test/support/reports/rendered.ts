import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

/** Markdown rendered like on GitHub: its dialect, with HTML, and with linked mentions and references. */
export function githubHtml(markdown: string): string {
  return micromark(markdown, {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
}

/** The distinct element names of an HTML text, sorted. */
export function elementsOf(html: string): string[] {
  return [
    ...new Set([...html.matchAll(/<([a-z][a-z0-9-]*)/gi)].map(([, name = ""]) => name.toLowerCase())),
  ].sort();
}

/** The visible text of each table cell. */
export function cellsOf(html: string): string[] {
  return [...html.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell = ""]) => textOf(cell));
}

/** The text outside of code, where GitHub and GitLab link mentions, references and addresses. */
export function outsideCode(html: string): string {
  return textOf(html.replaceAll(/<(code|pre)\b[^>]*>.*?<\/\1>/gs, " "));
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["amp", "&"],
]);

/** Decodes each reference once, as a browser does. */
function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&(?:#(\d+)|(\w+));/g, (whole, code: string | undefined, name: string) =>
      code === undefined ? (NAMED.get(name) ?? whole) : String.fromCodePoint(Number(code)),
    );
}
