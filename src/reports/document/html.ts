import { display } from "./display";
import {
  type Cell,
  type Column,
  OPEN_ROWS,
  type Phrase,
  quotationText,
  type ReportDocument,
  type Section,
  type Table,
} from "./document";
import { STYLE } from "./html-style";

/**
 * Writes a report as one HTML page that needs nothing else: no script, no font, no picture, no network. Light
 * and dark as the reader's system has it; on a narrow screen each row of a table becomes a card.
 */
export function renderHtml({ tone, headline, facts, sections, closing }: ReportDocument): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(headline)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header class="${tone}">
<h1>${escapeHtml(headline)}</h1>
${facts.map((fact) => `<p>${phraseHtml(fact)}</p>`).join("\n")}
</header>
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

/** The rows beyond those that are open to view are folded. */
function tablesHtml({ columns, rows }: Table): string {
  const folded = rows.slice(OPEN_ROWS);
  const more =
    folded.length === 0
      ? ""
      : `\n<details><summary>${folded.length} more</summary>\n${tableHtml({ columns, rows: folded })}\n</details>`;
  return `${tableHtml({ columns, rows: rows.slice(0, OPEN_ROWS) })}${more}`;
}

function tableHtml({ columns, rows }: Table): string {
  const head = columns.map(({ title, kind }) => `<th scope="col" class="${kind}">${escapeHtml(title)}</th>`);
  const body = rows.map(
    (row) => `<tr>${columns.map((column, index) => cellHtml(row[index] ?? "", column)).join("")}</tr>`,
  );
  return `<table>\n<thead><tr>${head.join("")}</tr></thead>\n<tbody>\n${body.join("\n")}\n</tbody>\n</table>`;
}

function cellHtml(cell: Cell, { title, kind }: Column): string {
  const content =
    typeof cell !== "string"
      ? phraseHtml(cell)
      : kind === "code" && cell !== ""
        ? phraseHtml([{ data: cell }])
        : escapeHtml(display(cell));
  return `<td class="${kind}" data-title="${escapeHtml(title)}">${content}</td>`;
}

function phraseHtml(phrase: Phrase): string {
  return phrase
    .map((piece) =>
      typeof piece === "string" ? escapeHtml(piece) : `<code>${escapeHtml(display(piece.data))}</code>`,
    )
    .join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
