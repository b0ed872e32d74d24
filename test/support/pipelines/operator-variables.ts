import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../../..");

/** The variables that the provider's page lists as the operator's limits. */
export function operatorVariables(): string[] {
  const page = readFileSync(join(ROOT, "docs", "index.md"), "utf8");
  const [, section = ""] = page.split("\n## The operator's limits\n");
  const [list = ""] = section.split("\n## ");
  const names = [...list.matchAll(/^- `(GENAUTH_\w+)`/gm)].map(([, name = ""]) => name);
  if (names.length < 3) throw new Error("docs/index.md lists no operator's limits any more.");
  return names;
}
