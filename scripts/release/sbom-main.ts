// `npm sbom` does the work, but writes no file, and never the same document twice.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageSbom } from "./package-sbom";

/** `npm run sbom`: writes the bill of materials of the package. An argument names another file than `sbom.cdx.json`. */
const root = join(__dirname, "../..");
const [file = join(root, "sbom.cdx.json")] = process.argv.slice(2);
writeFileSync(file, `${JSON.stringify(packageSbom(root), null, 2)}\n`);
