import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ExecutableName } from "../../scripts/executables/build";
import { ownPlatform } from "../../scripts/executables/platforms";

const ROOT = resolve(__dirname, "../..");

/** Which form of the provider and the command the tests run: the scripts or, with `PROVIDER=executable`, the executables. */
export const FORM = process.env.PROVIDER === "executable" ? "executable" : "script";

/**
 * The path of an executable of this machine's platform.
 *
 * @throws Error that says what to do, if it is not built
 */
export function executablePath(name: ExecutableName): string {
  const path = join(ROOT, "executables", ownPlatform(), name);
  if (!existsSync(path))
    throw new Error(`${path} is missing. Run "npm run executables:build -- --own" first.`);
  return path;
}

const SCRIPTS: Readonly<Record<ExecutableName, string>> = {
  "terraform-provider-genauth": "terraform-provider-genauth",
  "cdktf-genauth": "cdktf-genauth.js",
};

/** The path of the program that is tested. */
export function programPath(name: ExecutableName): string {
  return FORM === "executable" ? executablePath(name) : join(ROOT, "dist", SCRIPTS[name]);
}
