import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { stackDocument, renderHtml } from "../../../src/reports";
import { pathOfPicture, WRITES_PICTURES } from "../../support/pictures";
import { findChromium, startChromium } from "./support/browser";
import { COMMENT_PAGES, digestOfPage, type PicturedPage, REPORT_PAGES } from "../../support/reports/pictures";
import { withPngText } from "../../support/reports/png-text";
import { reportOf } from "../../support/reports/reports";

const chromiumPath = findChromium();

/** With `npm run pictures`, writes the picture of a page, with what it shows. Look at it before committing. */
async function writePicture(page: Page, pictured: PicturedPage): Promise<void> {
  if (!WRITES_PICTURES) return;
  const png = withPngText(await page.screenshot(), "shows", digestOfPage(pictured));
  writeFileSync(pathOfPicture(`${pictured.picture}.png`), png);
}

if (WRITES_PICTURES && chromiumPath === undefined) {
  throw new Error("There is no Chromium on the PATH, and CHROME names none: no picture can be taken.");
}
/** The background of a page. */
const GROUND = { light: "rgb(255, 255, 255)", dark: "rgb(13, 17, 23)" };

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

    test.each(REPORT_PAGES)(
      "the page ($picture): deleted users are seen without scrolling, nothing is loaded, and nothing overflows",
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
          await page.setContent(look.html);

          await writePicture(page, look);
          for (const text of ["5 users will be permanently deleted", "Ada Aydin", "user001@example.com"]) {
            const box = await page.getByText(text).first().boundingBox();
            const isWithoutScrolling = (box?.y ?? Infinity) + (box?.height ?? 0) < look.height;
            expect({ text, isWithoutScrolling }).toEqual({ text, isWithoutScrolling: true });
          }
          const [sticksOut, ground] = await page.evaluate<[number, string]>(
            "[document.documentElement.scrollWidth - document.documentElement.clientWidth, getComputedStyle(document.body).backgroundColor]",
          );
          expect({ sticksOut, loaded, complaints }).toEqual({ sticksOut: 0, loaded: [], complaints: [] });
          expect(ground).toBe(GROUND[look.colorScheme]);
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
        await page.setContent(renderHtml(stackDocument(report)));
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

    test.each(COMMENT_PAGES)(
      "the comment $picture, as GitHub renders it, has its rows and nothing to click or load",
      async (look) => {
        const page = await browser.newPage({ viewport: { width: look.width, height: look.height } });
        try {
          await page.setContent(look.html);
          await writePicture(page, look);
          const cells = await page.locator("h3:first-of-type + table td:first-child").allInnerTexts();
          expect(cells).toHaveLength(look.rows);
          // An id or a label could bring them.
          expect(await page.locator("a, img, script").count()).toBe(0);
        } finally {
          await page.close();
        }
      },
    );
  },
);
