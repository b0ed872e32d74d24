import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { newFolder } from "../../support/at-end";
import { version } from "../../../package.json";
import { runToSuccess } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";

const ROOT = join(__dirname, "../../..");

/** What npm has locked, by folder. Only a package that is installed under an alias has its name there. */
const Lock = z.object({
  packages: z.record(z.string(), z.object({ name: z.string().optional(), version: z.string() })),
});

/** The CycloneDX fields that the tests read. */
const Sbom = z.object({
  bomFormat: z.literal("CycloneDX"),
  metadata: z.object({ component: z.object({ name: z.string(), purl: z.string() }) }),
  components: z.array(z.object({ "bom-ref": z.string() })),
});

/** Name and version of each package in the lock file, without this project itself. */
function lockedPackages(): Set<string> {
  const { packages } = Lock.parse(JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")));
  const { "": _project, ...others } = packages;
  return new Set(
    Object.entries(others).map(([folder, { name = folder.split("node_modules/").at(-1), version: held }]) => {
      return `${name}@${held}`;
    }),
  );
}

describe("the bill of materials that `npm run sbom` writes without a registry", () => {
  let text: string;
  beforeAll(async () => {
    const folder = newFolder();
    const file = join(folder, "sbom.cdx.json");
    await runToSuccess("npm", ["run", "sbom", "--", file], {
      cwd: ROOT,
      env: cleanEnvironment("", {
        // Nobody answers there, and nothing is cached.
        npm_config_registry: "http://127.0.0.1:1",
        npm_config_cache: join(folder, "cache"),
      }),
    });
    text = readFileSync(file, "utf8");
  }, 60_000);

  test("is that of this package, and names each package of the lock file, and no other", () => {
    const { metadata, components } = Sbom.parse(JSON.parse(text));
    expect(metadata.component).toEqual({
      name: "cdktf-genauth",
      purl: `pkg:npm/cdktf-genauth@${version}`,
    });
    expect(new Set(components.map((component) => component["bom-ref"]))).toEqual(lockedPackages());
  });

  // That a release is the same if it is built again is in test/package/executables/release.test.ts.
  test("holds no time and no random number, which would make each one another", () => {
    expect(text).not.toMatch(/"(timestamp|serialNumber)"/);
  });
});
