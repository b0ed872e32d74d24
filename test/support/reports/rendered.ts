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

function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}
