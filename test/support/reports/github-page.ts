import { githubHtml } from "./rendered";

/** A page like a comment on GitHub: its Markdown dialect, boxes for `> [!CAUTION]`, and similar colours. */
export function githubPage(markdown: string): string {
  const html = githubHtml(markdown).replaceAll(
    /<blockquote>\s*<p>\[!(CAUTION|WARNING|NOTE)\]\s*/g,
    (_, kind: string) =>
      `<blockquote class="${kind.toLowerCase()}"><p><strong>${kind.charAt(0)}${kind.slice(1).toLowerCase()}</strong><br>`,
  );
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><article>${html}</article>`;
}

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
