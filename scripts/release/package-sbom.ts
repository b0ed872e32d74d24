import { execFileSync } from "node:child_process";
import * as z from "zod";
import { name } from "../../package.json";

const Sbom = z.looseObject({
  metadata: z.looseObject({ component: z.looseObject({}) }),
  components: z.array(z.unknown()),
});

/** A bill of materials in CycloneDX. */
export type Sbom = z.infer<typeof Sbom>;

/**
 * The bill of materials of all packages in the lock file, by npm itself. Needs neither a registry nor installed packages. It leaves out
 * the time, the random number and the name of the folder, so that the same lock file and npm give the same document.
 *
 * @param root the project's folder
 * @throws Error with npm's output
 */
export function packageSbom(root: string): Sbom {
  const output = execFileSync("npm", ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  const { metadata, ...sbom } = Sbom.parse(JSON.parse(output));
  return {
    ...sbom,
    serialNumber: undefined,
    metadata: { ...metadata, timestamp: undefined, component: { ...metadata.component, name } },
  };
}
