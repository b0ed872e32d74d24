import { type Browser, chromium } from "playwright-core";
import { onPath } from "../../../scripts/engine/engine";

/** Where Chromium lies: what `CHROME` names, or else what the PATH has; `undefined` where there is none. */
export function findChromium(): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  return process.env.CHROME || names.map(onPath).find((path) => path !== undefined);
}

/** Starts Chromium without a window. As root, which containers often are, it has no sandbox. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}
