import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { shippedFolders } from "../../scripts/audit/shipped-folders";

interface Locked {
  readonly dev?: boolean;
  readonly peer?: boolean;
  readonly hasInstallScript?: boolean;
  readonly license?: string;
}

const root = join(__dirname, "../..");
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
/** What `npm install cdktf-genauth` brings along, besides what the stack has by itself. */
const installed = Object.entries(lock.packages).filter(
  ([path, { dev, peer }]) => path !== "" && dev !== true && peer !== true,
);

test("nothing that is installed with the package runs a script at its installation", () => {
  expect(installed.length).toBeGreaterThan(0);
  expect(installed.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
});

test("whatever is installed with the package, or built into it, has a licence that lets it be used", () => {
  const folders = [...shippedFolders(root).keys()];
  expect(folders).toEqual(expect.arrayContaining(["node_modules/csv-parse", "node_modules/zod"]));
  const licences = new Set(folders.map((folder) => lock.packages[folder]?.license ?? "none"));
  for (const licence of licences)
    expect([
      "MIT",
      "ISC",
      "Apache-2.0",
      "BSD-3-Clause",
      "PSF-2.0",
      "(Apache-2.0 AND BSD-3-Clause)",
    ]).toContain(licence);
});
