import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe } from "@jest/globals";
import { version } from "../../../package.json";
import { type Edition, pythonModule } from "../../../scripts/jsii/editions";
import { InstalledPackage, Reader } from "../../pipelines/docs/reader";
import { ROOT } from "../../support/docs/documents";
import type { PoolUser } from "../../support/emulator";
import { onPath } from "../../support/engine/engine";
import type { Engine } from "../../support/engine/engines";

const hasPython = onPath("python3") !== undefined;
if (!hasPython) console.warn("Python is not installed, so the packages for Python are not tried.");
export const describeWithPython = hasPython ? describe : describe.skip;

/** The folder of the release in the reader's project, as the guide names it. */
export const RELEASE = `genauth-${version}`;

/** The wheel of an edition in that folder. */
export function wheelOf(edition: Edition): string {
  return join(RELEASE, `${pythonModule(edition)}-${version}-py3-none-any.whl`);
}

/** Opens a reader who has got the wheel of an edition, and has not installed it. `terraform` is the engine, also if that is OpenTofu. */
export async function openWithWheel(
  edition: Edition,
  engine: Engine,
  users: readonly PoolUser[] = [],
): Promise<Reader> {
  const reader = await Reader.open(engine, new InstalledPackage(), users);
  const built = join(ROOT, "jsii", wheelOf(edition).slice(RELEASE.length));
  if (!existsSync(built)) throw new Error(`${built} is not built. Run: npm run jsii:build`);
  mkdirSync(join(reader.project, RELEASE));
  cpSync(built, join(reader.project, wheelOf(edition)));
  return reader;
}

/** Runs commands one after the other. Throws with the output of the first that fails. */
export async function succeed(reader: Reader, ...commands: readonly string[]) {
  const ran = await reader.paste(commands);
  const failed = ran.find(({ code }) => code !== 0);
  if (failed) throw new Error(`$ ${failed.command}\n${failed.output}`);
  return ran;
}
