import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import manifest from "../../../package.json";
import { shippedFolders } from "../../support/shipped-folders";

interface Locked {
  readonly dev?: boolean;
  readonly peer?: boolean;
  readonly hasInstallScript?: boolean;
  readonly license?: string;
}

const root = join(__dirname, "../../..");
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
/** The packages that `npm install cdktf-genauth` adds to a stack. */
const installed = Object.entries(lock.packages).filter(
  ([path, { dev, peer }]) => path !== "" && dev !== true && peer !== true,
);

test("no package that is installed with this one has an install script", () => {
  expect(installed.length).toBeGreaterThan(0);
  expect(installed.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
});

test("all installed and bundled packages have a permissive licence", () => {
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

test("npm installs no peer by itself, because plain HCL needs none", () => {
  const { peerDependencies, peerDependenciesMeta } = manifest;
  const optional = Object.keys(peerDependencies).map((name) => [name, { optional: true }]);
  expect(peerDependenciesMeta).toEqual(Object.fromEntries(optional));
});

test("package.json overrides no package, so each dependency gets what it asks for", () => {
  expect(manifest).not.toHaveProperty("overrides");
});
