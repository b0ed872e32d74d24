import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { planDocument, renderHtml } from "../../../src/reports";
import { UserIdType } from "../../../src/users";
import { githubPage } from "./github-page";
import { reportOf } from "./reports";

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
  planDocument(
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
