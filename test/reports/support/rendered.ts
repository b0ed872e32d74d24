import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

/** Markdown as GitHub shows it: its dialect, with HTML let through, and then mentions and references linked. */
export function githubHtml(markdown: string): string {
  return micromark(markdown, {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
}

/** The names of the elements of an HTML text, each once, sorted. */
export function elementsOf(html: string): string[] {
  return [
    ...new Set([...html.matchAll(/<([a-z][a-z0-9-]*)/gi)].map(([, name = ""]) => name.toLowerCase())),
  ].sort();
}

/** The text of each table cell, as a reader sees it. */
export function cellsOf(html: string): string[] {
  return [...html.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell = ""]) => textOf(cell));
}

/** What stands outside of code: only there do GitHub and GitLab link mentions, references and addresses. */
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
