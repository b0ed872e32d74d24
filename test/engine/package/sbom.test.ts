import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import * as z from "zod";
import { newFolder } from "../../support/at-end";
import manifest, { version } from "../../../package.json";
import { shippedFolders } from "../../support/shipped-folders";
import { runToSuccess } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";

const ROOT = join(__dirname, "../../..");

const lock = z
  .object({ packages: z.record(z.string(), z.object({ name: z.string().optional(), version: z.string() })) })
  .parse(JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")));

/** The CycloneDX fields that the test reads. */
const Sbom = z.object({
  bomFormat: z.literal("CycloneDX"),
  metadata: z.object({ component: z.object({ name: z.string(), purl: z.string() }) }),
  components: z.array(z.object({ "bom-ref": z.string() })),
});

/** Name and version of a locked package, without the name under which somebody installed it. */
function packageIn(folder: string): string {
  const { name = folder.split("node_modules/").at(-1), version: held } = lock.packages[folder] ?? {};
  return `${name}@${held}`;
}

let folder: string;
beforeEach(() => void (folder = newFolder()));

/** Writes the bill of materials into a file, where no registry is. */
async function writeSbom(): Promise<string> {
  const file = join(folder, "sbom.cdx.json");
  await runToSuccess("npm", ["run", "sbom", "--", file], {
    cwd: ROOT,
    env: cleanEnvironment("", {
      npm_config_registry: "http://127.0.0.1:1",
      npm_config_cache: join(folder, "cache"),
    }),
  });
  return readFileSync(file, "utf8");
}

test("the bill of materials names each locked package, needs no registry, and holds no time or random number", async () => {
  const text = await writeSbom();

  const sbom = Sbom.parse(JSON.parse(text));
  expect(sbom.metadata.component).toEqual({
    name: "cdktf-genauth",
    purl: `pkg:npm/cdktf-genauth@${version}`,
  });
  const listed = new Set(sbom.components.map((component) => component["bom-ref"]));
  const locked = Object.keys(lock.packages).filter((path) => path !== "");
  expect(listed).toEqual(new Set(locked.map(packageIn)));
  const shipped = [...shippedFolders(ROOT).keys()].map(packageIn);
  expect(shipped).toContainEqual(expect.stringMatching(/^zod@/));
  expect([...listed]).toEqual(expect.arrayContaining(shipped));

  // That a release is the same if it is built again is in test/package/executables/release.test.ts.
  expect(text).not.toMatch(/"(timestamp|serialNumber)"/);
}, 60_000);

test("no package takes the place of another in the lock file", () => {
  expect(manifest).not.toHaveProperty("overrides");
});
