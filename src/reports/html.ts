import { printable } from "../text";
import {
  type Cell,
  type Column,
  countRows,
  display,
  formatNumber,
  OPEN_ROWS,
  type Phrase,
  quotationText,
  type ReportDocument,
  type Section,
  sliceTable,
  type Table,
} from "./document";
import { phraseText } from "./plain-text";

/**
 * Writes a report as one self-contained HTML page: no script, font, image or network. It follows the system's
 * light or dark mode. On a narrow screen, each table row becomes a card.
 */
export function renderHtml({ tone, headline, facts, context, sections, closing }: ReportDocument): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(phraseText(headline))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header class="${tone}">
<h1>${phraseHtml(headline)}</h1>
${facts.map((fact) => `<p>${phraseHtml(fact)}</p>`).join("\n")}
</header>
${context.length === 0 ? "" : `<p class="context">${phraseHtml(context)}</p>\n`}
${sections.map(sectionHtml).join("\n")}
<footer>
${closing.map((phrase) => `<p>${phraseHtml(phrase)}</p>`).join("\n")}
</footer>
</main>
</body>
</html>
`;
}

function sectionHtml({ title, note, table, texts = [] }: Section): string {
  return `<section>
<h2>${escapeHtml(title)}</h2>
${note ? `<p>${phraseHtml(note)}</p>\n` : ""}${table ? tablesHtml(table) : ""}${texts.map((text) => `<pre class="${text.severity}">${escapeHtml(quotationText(text))}</pre>`).join("\n")}
</section>`;
}

/** Collapses the rows beyond `OPEN_ROWS`. */
function tablesHtml(table: Table): string {
  const folded = countRows(table) - OPEN_ROWS;
  const more =
    folded <= 0
      ? ""
      : `\n<details><summary>${formatNumber(folded)} more</summary>\n${tableHtml(sliceTable(table, OPEN_ROWS))}\n</details>`;
  return `${tableHtml(sliceTable(table, 0, OPEN_ROWS))}${more}`;
}

function tableHtml({ columns, groups }: Table): string {
  const head = columns.map(({ title, kind }) => `<th scope="col" class="${kind}">${escapeHtml(title)}</th>`);
  const bodies = groups.map(({ title, rows }) => {
    const group = title
      ? `<tr class="group"><th scope="rowgroup" colspan="${columns.length}">${phraseHtml(title)}</th></tr>\n`
      : "";
    const body = rows.map(
      (row) => `<tr>${columns.map((column, index) => cellHtml(row[index] ?? "", column)).join("")}</tr>`,
    );
    return `<tbody>\n${group}${body.join("\n")}\n</tbody>`;
  });
  return `<table>\n<thead><tr>${head.join("")}</tr></thead>\n${bodies.join("\n")}\n</table>`;
}

function cellHtml(cell: Cell, { title, kind }: Column): string {
  const content =
    typeof cell !== "string"
      ? phraseHtml(cell)
      : kind === "code" && cell !== ""
        ? phraseHtml([{ data: cell }])
        : escapeHtml(display(cell, kind));
  return `<td class="${kind}" data-title="${escapeHtml(title)}">${content}</td>`;
}

function phraseHtml(phrase: Phrase): string {
  return phrase
    .map((piece) => {
      if (typeof piece === "string") return escapeHtml(piece);
      if ("quoted" in piece) return escapeHtml(printable(piece.quoted));
      return "url" in piece
        ? `<a href="${escapeHtml(piece.url)}">${escapeHtml(piece.text)}</a>`
        : `<code>${escapeHtml(display(piece.data))}</code>`;
    })
    .join("");
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * The style of the page. Colours have a contrast of at least 4.5 to their background, in light and dark mode.
 */
const STYLE = `
:root { color-scheme: light dark; --ground: light-dark(#fff, #0d1117); --text: light-dark(#1f2328, #e6edf3);
  --faint: light-dark(#59636e, #9198a1); --line: light-dark(#d1d9e0, #3d444d); --soft: light-dark(#f6f8fa, #151b23);
  --alarm: light-dark(#b3261e, #ff8e86); --alarm-ground: light-dark(#ffebe9, #3a1417);
  --attention: light-dark(#7d4e00, #e3b341); --attention-ground: light-dark(#fff8c5, #2e2411);
  --calm: light-dark(#116329, #56d364); --calm-ground: light-dark(#dafbe1, #12261e); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1rem; }
header { padding: 1rem 1.25rem; border-left: .4rem solid; border-radius: .4rem; }
header h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
header p { margin: .4rem 0 0; color: var(--text); }
.alarm { color: var(--alarm); background: var(--alarm-ground); border-color: var(--alarm); }
.attention { color: var(--attention); background: var(--attention-ground); border-color: var(--attention); }
.calm { color: var(--calm); background: var(--calm-ground); border-color: var(--calm); }
h2 { margin: 2rem 0 .6rem; font-size: 1.2rem; }
code, pre { font: .9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { overflow-wrap: anywhere; }
pre { margin: 0 0 .8rem; padding: .8rem 1rem; background: var(--soft); border-left: .25rem solid var(--attention); white-space: pre-wrap; overflow-wrap: anywhere; }
pre.error { border-color: var(--alarm); }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .4rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
td { overflow-wrap: anywhere; }
th { color: var(--faint); font-weight: 600; font-size: .85rem; }
.code { min-width: 12rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.group th { color: var(--text); font-size: .9rem; overflow-wrap: anywhere; }
.context, footer { color: var(--faint); font-size: .85rem; }
.context { margin: .6rem 0 0; overflow-wrap: anywhere; }
a { color: inherit; }
tbody tr:nth-child(even) { background: var(--soft); }
summary { padding: .6rem; cursor: pointer; font-weight: 600; }
footer { margin-top: 2rem; }
footer p { margin: .2rem 0; }
@media (max-width: 40rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: block; padding: .5rem .2rem; border-bottom: 1px solid var(--line); }
  .group th { display: block; border: 0; }
  td { display: grid; grid-template-columns: 6.5rem 1fr; gap: .5rem; padding: .1rem .4rem; border: 0; text-align: left; }
  td:empty { display: none; }
  td::before { content: attr(data-title); color: var(--faint); font-size: .85rem; }
}
`;
