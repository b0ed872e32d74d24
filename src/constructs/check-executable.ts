import { Token } from "cdktf";
import { caller } from "../caller";
import { PLATFORMS } from "../install";
import { refuseUnknownProperties, refuseUnknownValue } from "./check-declaration";
import { isTemplate } from "./template-text";

const PROPERTIES = { release: true, platforms: true } as const;

/**
 * Refuses a value of the property `executable` that synth cannot install, from plain JavaScript too.
 *
 * @param path of the construct, for the message
 * @throws Error that says what to write instead
 */
export function refuseUnusableExecutable(path: string, executable: unknown): void {
  const refuse = (problem: string, advice: string): never => {
    throw new Error(`${path}: ${problem}. Set ${advice}.`);
  };
  if (typeof executable !== "object" || executable === null) {
    refuse(
      `executable is ${kindOf(executable)}`,
      `${caller.property("release")} and ${caller.property("platforms")}`,
    );
  }
  const given = executable as object;
  refuseUnknownProperties(`${path}: executable`, given, PROPERTIES);
  const { release, platforms = [] } = given as { readonly release?: unknown; readonly platforms?: unknown };
  const address = "the folder or the https address of a release";
  if (typeof release !== "string" || release === "") {
    refuse(`release of executable is ${release === "" ? "empty" : kindOf(release)}`, address);
  }
  if (Token.isUnresolved(release) || isTemplate(release as string)) {
    refuse("release of executable is an expression, which only Terraform could evaluate", address);
  }
  if (!Array.isArray(platforms) || Token.isUnresolved(platforms)) {
    refuse(`platforms of executable is ${kindOf(platforms)}`, `a list: ${caller.list("linux_amd64")}`);
  }
  for (const platform of platforms as unknown[]) {
    refuseUnknownValue(path, "platforms of executable", platform, PLATFORMS);
  }
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Token.isUnresolved(value)) return "an expression";
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
