import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { newFolder } from "../../../support/at-end";
import { runChild } from "../../../support/engine/child";
import { cleanEnvironment } from "../../../support/engine/clean-environment";
import { onPath } from "../../../support/engine/engine";
import { engines } from "../../../support/engine/engines";
import { writeShownSchema } from "../../../support/engine/shown-schema";

const TOOL = "github.com/hashicorp/terraform-plugin-docs/cmd/tfplugindocs@v0.25.0";
const GO = onPath("go");
const withGo = GO === undefined ? test.skip : test;
if (GO === undefined) console.warn("Go is not installed, so HashiCorp's tfplugindocs is skipped.");

let folder: string;
beforeEach(() => void (folder = newFolder()));

withGo.each(engines())(
  "tfplugindocs takes the schema that $name shows, and finds every description",
  async (engine) => {
    const schema = await writeShownSchema(engine, join(folder, "schema.json"));
    const provider = join(folder, "provider");
    mkdirSync(provider);
    const env = cleanEnvironment(join(folder, "empty.tfrc"), { GOFLAGS: "-buildvcs=false", GOWORK: "off" });
    const args = ["run", TOOL, "generate", "--provider-name", "genauth", "--providers-schema"];
    const { code, text } = await runChild(GO ?? "", [...args, "../schema.json"], {
      cwd: provider,
      env,
    });
    expect({ code, text }).toMatchObject({ code: 0 });

    const pages = readdirSync(join(provider, "docs"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".md"))
      .map((file) => flat(readFileSync(join(provider, "docs", file), "utf8")));
    expect(pages.length).toBeGreaterThan(6);
    const described = descriptions(schema);
    expect(described.length).toBeGreaterThan(40);
    expect(
      described.filter((description) => !pages.some((page) => page.includes(flat(description)))),
    ).toEqual([]);
  },
  900_000,
);

/** All descriptions and summaries in a schema. */
function descriptions(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    (name === "description" || name === "summary") && typeof inner === "string"
      ? [inner]
      : descriptions(inner),
  );
}

function flat(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
