import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import * as z from "zod";
import { newFolder } from "../../support/at-end";
import { version } from "../../../package.json";
import { shippedFolders } from "../../support/shipped-folders";
import { runToSuccess } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";

const ROOT = join(__dirname, "../../..");

const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({ version: z.string(), hasInstallScript: z.boolean().optional() }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")));

/** The CycloneDX fields that the test reads. The generator validates the document against the whole schema. */
const Component = z.object({
  name: z.string(),
  version: z.string(),
  purl: z.string(),
  properties: z.array(z.object({ name: z.string(), value: z.string() })),
  get components() {
    return z.array(Component).optional();
  },
});
const Sbom = z.object({
  bomFormat: z.literal("CycloneDX"),
  specVersion: z.string(),
  metadata: z.object({ component: z.object({ purl: z.string() }) }),
  components: z.array(Component),
});

/** The folder and version of each package. Packages contain nested packages. */
function versionsByFolder(components: readonly z.infer<typeof Component>[]): [string, string][] {
  return components.flatMap(({ version, properties, components: below = [] }) => [
    ...properties.flatMap(({ name, value }): [string, string][] =>
      name === "cdx:npm:package:path" ? [[value, version]] : [],
    ),
    ...versionsByFolder(below),
  ]);
}

let folder: string;
beforeEach(() => void (folder = newFolder()));

test("the bill of materials names each locked package, and needs no registry", async () => {
  const file = join(folder, "sbom.cdx.json");
  await runToSuccess("npm", ["run", "sbom", "--", "--output-file", file], {
    cwd: ROOT,
    env: cleanEnvironment("", {
      npm_config_registry: "http://127.0.0.1:1",
      npm_config_cache: join(folder, "cache"),
    }),
  });

  const sbom = Sbom.parse(JSON.parse(readFileSync(file, "utf8")));
  expect(sbom.metadata.component.purl).toMatch(`pkg:npm/cdktf-genauth@${version}`);
  const listed = new Map(versionsByFolder(sbom.components));
  const shipped = shippedFolders(ROOT);
  expect([...shipped.keys()]).toEqual(expect.arrayContaining(["node_modules/csv-parse", "node_modules/zod"]));
  expect(new Map([...listed].filter(([path]) => shipped.has(path)))).toEqual(shipped);
  const locked = Object.entries(lock.packages).filter(([path]) => path !== "");
  expect(listed).toEqual(new Map(locked.map(([path, { version: held }]) => [path, held])));
}, 60_000);

// The generator needs libxmljs2 only for XML, and each `npm ci` would download or compile it. So package.json replaces it with
// another package that is installed anyway.
test("its generator adds no package that is compiled at installation", () => {
  expect(lock.packages["node_modules/libxmljs2"]).toBeDefined();
  expect(lock.packages["node_modules/libxmljs2"]?.hasInstallScript).toBeUndefined();
});
