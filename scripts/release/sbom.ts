import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as z from "zod";
import { type Platform, RUNTIMES } from "../executables/platforms";
import { RUNTIME_LOCK, runtimeVersion } from "../executables/runtime";
import { packageSbom } from "./package-sbom";
import { LINKED_PARTS } from "./runtime-notices";

const Lock = z.object({ packages: z.record(z.string(), z.object({ integrity: z.string().optional() })) });

/** A package for another language, as a release holds it. */
export interface PackageFile {
  readonly name: string;
  readonly content: Buffer;
}

/**
 * The bill of materials of a release, CycloneDX: that of the package, the packages for other languages, and the runtimes with the
 * parts that are linked into them.
 *
 * @param root the project's folder
 */
export function releaseSbom(
  root: string,
  platforms: readonly Platform[],
  packages: readonly PackageFile[],
): string {
  const sbom = packageSbom(root);
  const components = [
    ...sbom.components,
    ...packages.map(packageComponent),
    ...platforms.map(runtimeComponent),
  ];
  return `${JSON.stringify({ ...sbom, components }, null, 2)}\n`;
}

/** Its code is that of the package, with the same dependencies. */
function packageComponent({ name, content }: PackageFile): object {
  const sha256 = createHash("sha256").update(content).digest("hex");
  return {
    type: "file",
    "bom-ref": name,
    name,
    purl: `pkg:generic/${name}?checksum=sha256:${sha256}`,
    hashes: [{ alg: "SHA-256", content: sha256 }],
    licenses: [{ license: { id: "MIT" } }],
  };
}

function runtimeComponent(platform: Platform): object {
  const { name } = RUNTIMES[platform];
  const version = runtimeVersion();
  const { packages } = Lock.parse(JSON.parse(readFileSync(RUNTIME_LOCK, "utf8")));
  const [, sha512 = ""] = packages[`node_modules/${name}`]?.integrity?.split("-") ?? [];
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  return {
    type: "platform",
    "bom-ref": purl,
    group: "@oven",
    name: name.replace("@oven/", ""),
    version,
    purl,
    hashes: [{ alg: "SHA-512", content: Buffer.from(sha512, "base64").toString("hex") }],
    licenses: [{ license: { id: "MIT" } }],
    components: LINKED_PARTS.slice(1).map((part) => ({
      type: "library",
      "bom-ref": `${purl}#${part.name}`,
      name: part.name,
      licenses: part.licenses.map((id) => ({ license: id.endsWith("-exception") ? { name: id } : { id } })),
      externalReferences: [{ type: "vcs", url: part.source }],
    })),
  };
}
