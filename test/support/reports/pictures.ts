import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stackDocument, renderHtml } from "../../../src/reports";
import { UserIdType } from "../../../src/users";
import { githubHtml } from "./rendered";
import { reportOf } from "./reports";

const STYLE = `
body { margin: 0; padding: 16px; background: #fff; color: #1f2328; font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
article { border: 1px solid #d1d9e0; border-radius: 6px; padding: 16px; }
h2 { font-size: 1.5em; padding-bottom: .3em; border-bottom: 1px solid #d1d9e0; margin: 0 0 16px; }
h3 { font-size: 1.25em; margin: 24px 0 16px; }
blockquote { margin: 0 0 16px; padding: 8px 16px; border-left: .25em solid #d1d9e0; }
blockquote p { margin: 0; }
.caution { border-color: #cf222e; } .caution strong { color: #cf222e; }
.warning { border-color: #9a6700; } .warning strong { color: #9a6700; }
.note { border-color: #0969da; } .note strong { color: #0969da; }
table { border-collapse: collapse; } th, td { padding: 6px 13px; border: 1px solid #d1d9e0; } tr:nth-child(2n) { background: #f6f8fa; }
code, pre { font: 85% ui-monospace, "DejaVu Sans Mono", monospace; } td code, blockquote code, sub code { background: #818b981f; padding: .2em .4em; border-radius: 6px; }
pre { background: #f6f8fa; padding: 16px; border-radius: 6px; overflow: auto; }
`;

/** A page of which the documents show a picture. */
export interface PicturedPage {
  /** The name of the picture, without `.png`. */
  readonly picture: string;
  readonly html: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: "light" | "dark";
}

const names = ["Ada Aydin", "Bo Brandt", "Chidi Chen", "Wei Chen", "Eve O’Neil"];
const leavers = names.map((label, index) => ({
  id: `user00${index + 1}@example.com`,
  label,
  name: index === 1 ? "Robert Miller" : label,
  names_disagree: index === 1,
  user_id_type: UserIdType.EMAIL,
}));
const html = renderHtml(
  stackDocument(
    reportOf(leavers, {
      context: {
        stack: "staff",
        pool: "https://api.genauth.ai",
        commit: "4e1243b",
        planned_at: "2026-11-26T15:14:13Z",
      },
    }),
  ),
);

/** The report as an HTML page, in windows of different kinds. */
export const REPORT_PAGES: readonly PicturedPage[] = [
  { picture: "plan-report-light", html, width: 1000, height: 720, colorScheme: "light" },
  { picture: "plan-report-dark", html, width: 1000, height: 720, colorScheme: "dark" },
  { picture: "plan-report-phone", html, width: 375, height: 812, colorScheme: "light" },
];

/** The golden reports of which there are pictures, as comments on GitHub. */
export const COMMENT_PAGES: readonly (PicturedPage & { readonly rows: number })[] = [
  // With the titles of the groups.
  { ...commentPage("modules-and-instances"), rows: 8 },
  { ...commentPage("ids-that-would-act"), rows: 7 },
];

function commentPage(golden: string): PicturedPage {
  const markdown = readFileSync(join(__dirname, "../../engine/reports/golden", `${golden}.md`), "utf8");
  return {
    picture: `plan-report-comment-${golden}`,
    html: githubPage(markdown),
    width: 900,
    height: 720,
    colorScheme: "light",
  };
}

/** Identifies what a picture shows: it is written into the picture, which is out of date if the page has another one. */
export function digestOfPage({ html, width, height, colorScheme }: PicturedPage): string {
  return createHash("sha256")
    .update(JSON.stringify([html, width, height, colorScheme]))
    .digest("hex");
}

/** A page like a comment on GitHub: its Markdown dialect, boxes for `> [!CAUTION]`, and similar colours. */
function githubPage(markdown: string): string {
  const html = githubHtml(markdown).replaceAll(
    /<blockquote>\s*<p>\[!(CAUTION|WARNING|NOTE)\]\s*/g,
    (_, kind: string) =>
      `<blockquote class="${kind.toLowerCase()}"><p><strong>${kind.charAt(0)}${kind.slice(1).toLowerCase()}</strong><br>`,
  );
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><article>${html}</article>`;
}
