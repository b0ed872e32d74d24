import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { planDocument, renderHtml } from "../../src/reports";
import { UserIdType } from "../../src/users";
import { findChromium, startChromium } from "./support/browser";
import { githubPage } from "./support/github-page";
import { reportOf } from "./support/reports";

const PICTURES = join(__dirname, "..", "..", "docs", "pictures");
const chromiumPath = findChromium();

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

/** UPDATE_PICTURES=1 writes the pictures of the documents. Look at them before committing. */
async function picture(page: Page, name: string): Promise<Buffer> {
  if (process.env.UPDATE_PICTURES !== "1") return page.screenshot();
  mkdirSync(PICTURES, { recursive: true });
  return page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

const suite = chromiumPath === undefined ? describe.skip : describe;

suite(
  chromiumPath === undefined
    ? "not seen: there is no Chromium on the PATH, and CHROME names none"
    : "seen in Chromium",
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startChromium(chromiumPath ?? "");
    });
    afterAll(() => browser.close());

    test.each([
      { title: "light", width: 1000, height: 720, colorScheme: "light" as const, dark: false },
      { title: "dark", width: 1000, height: 720, colorScheme: "dark" as const, dark: true },
      { title: "phone", width: 375, height: 812, colorScheme: "light" as const, dark: false },
    ])(
      "the page ($title): deleted users are visible at once, nothing is loaded, and nothing overflows",
      async (look) => {
        const context = await browser.newContext({
          viewport: { width: look.width, height: look.height },
          colorScheme: look.colorScheme,
          javaScriptEnabled: true,
        });
        try {
          const page = await context.newPage();
          const loaded: string[] = [];
          const complaints: string[] = [];
          page.on("request", (request) => void loaded.push(request.url()));
          page.on("console", (message) => void complaints.push(message.text()));
          await page.setContent(html);

          const seen = await picture(page, `plan-report-${look.title}`);
          expect(seen.subarray(1, 4).toString()).toBe("PNG");
          for (const text of ["5 users will be permanently deleted", "Ada Aydin", "user001@example.com"]) {
            const box = await page.getByText(text).first().boundingBox();
            expect({ text, bottom: (box?.y ?? Infinity) + (box?.height ?? 0) < look.height }).toEqual({
              text,
              bottom: true,
            });
          }
          const [sticksOut, ground] = await page.evaluate<[number, string]>(
            "[document.documentElement.scrollWidth - document.documentElement.clientWidth, getComputedStyle(document.body).backgroundColor]",
          );
          expect({ sticksOut, loaded, complaints }).toEqual({ sticksOut: 0, loaded: [], complaints: [] });
          expect(ground).toBe(look.dark ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)");
        } finally {
          await context.close();
        }
      },
    );

    test.each([375, 1000])("long words wrap in a window of %i pixels, wherever they are", async (width) => {
      const page = await browser.newPage({ viewport: { width, height: 812 } });
      try {
        const long = "x".repeat(1200);
        const report = reportOf(
          [{ id: long, label: long, name: long, reason: "protected", note: long, declared_in: [long] }],
          {
            context: {
              stack: "s".repeat(100),
              pool: long,
              commit: long,
              run_url: `https://ci.example.com/${long}`,
            },
            rest: [{ kind: "resource", address: long, action: "create" }],
            warnings: [{ severity: "warning", summary: long, detail: `  ${long}` }],
          },
        );
        await page.setContent(renderHtml(planDocument(report)));
        for (const column of ["Label", "Name in GenAuth", "Remark"]) {
          expect(await page.locator(`td[data-title="${column}"]`).count()).toBe(1);
        }
        const sticksOut = await page.evaluate<number>(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth",
        );
        expect(sticksOut).toBe(0);
      } finally {
        await page.close();
      }
    });

    test.each(["modules-and-instances", "ids-that-would-act"])(
      "the comment %s, as GitHub renders it",
      async (name) => {
        const page = await browser.newPage({ viewport: { width: 900, height: 720 } });
        try {
          await page.setContent(githubPage(readFileSync(join(__dirname, "golden", `${name}.md`), "utf8")));
          await picture(page, `plan-report-comment-${name}`);
          const cells = await page.locator("h3:first-of-type + table td:first-child").allInnerTexts();
          // With the titles of the groups.
          expect(cells).toHaveLength(name === "modules-and-instances" ? 8 : 7);
          expect(await page.locator("a, img, script").count()).toBe(0);
        } finally {
          await page.close();
        }
      },
    );
  },
);
