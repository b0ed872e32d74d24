import { type Browser, chromium } from "playwright-core";
import { onPath } from "../../../support/engine/engine";

/** The path of Chromium, from `CHROME` or the PATH; `undefined` if there is none. */
export function findChromium(): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  return process.env.CHROME || names.map(onPath).find((path) => path !== undefined);
}

/** Starts Chromium without a window. For root, as in containers, its sandbox does not work. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}
