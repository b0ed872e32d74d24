import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { packedFile } from "./packed";

/** Removes what `pack.ts` made. */
export default function remove(): void {
  rmSync(dirname(packedFile()), { recursive: true, force: true });
}
