import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { editionPage } from "../../../scripts/jsii/page";
import { filesAddress, type Manifest, packedManifest } from "../../../scripts/pack/manifest";
import { packedPage } from "../../../scripts/pack/packed-page";
import { ROOT } from "../../support/docs/documents";
import packageJson from "../../../package.json";

const FILES = new Set(["README.md", "docs/index.md", "docs/guides/a.md", "examples/hcl/main.tf"]);
const REPOSITORY = "https://git.example/team/genauth/blob/v0.1.0";

describe("packedPage", () => {
  interface PackedText {
    readonly page: string;
    readonly text: string;
    /** What the package shows if nobody knows where its repository is. */
    readonly alone: string;
    readonly withRepository: string;
  }

  test.each<PackedText>([
    {
      page: "README.md",
      text: "[a](docs/index.md)",
      alone: "a (`docs/index.md`)",
      withRepository: `[a](${REPOSITORY}/docs/index.md)`,
    },
    {
      page: "README.md",
      text: "[a](docs/index.md#keys)",
      alone: "a (`docs/index.md`)",
      withRepository: `[a](${REPOSITORY}/docs/index.md#keys)`,
    },
    {
      page: "README.md",
      text: "[`docs/index.md`](docs/index.md)",
      alone: "`docs/index.md`",
      withRepository: `[\`docs/index.md\`](${REPOSITORY}/docs/index.md)`,
    },
    {
      page: "README.md",
      text: "[a](CONTRIBUTING.md)",
      alone: "a",
      withRepository: `[a](${REPOSITORY}/CONTRIBUTING.md)`,
    },
    {
      page: "README.md",
      text: "[a](#limits), [b](https://b.example)",
      alone: "[a](#limits), [b](https://b.example)",
      withRepository: "[a](#limits), [b](https://b.example)",
    },
    {
      page: "docs/guides/a.md",
      text: "[a](../index.md#keys)",
      alone: "[a](../index.md#keys)",
      withRepository: "[a](../index.md#keys)",
    },
    {
      page: "docs/guides/a.md",
      text: "[a](../../examples/hcl)",
      alone: "[a](../../examples/hcl)",
      withRepository: "[a](../../examples/hcl)",
    },
    {
      page: "docs/guides/a.md",
      text: "[a](../../test/a.test.ts)",
      alone: "a",
      withRepository: `[a](${REPOSITORY}/test/a.test.ts)`,
    },
    {
      page: "docs/index.md",
      text: "```\n[a](b.md)\n```\n[a](b.md)\n",
      alone: "```\n[a](b.md)\n```\na\n",
      withRepository: `\`\`\`\n[a](b.md)\n\`\`\`\n[a](${REPOSITORY}/docs/b.md)\n`,
    },
  ])("packs $text of $page", ({ page, text, alone, withRepository }) => {
    expect(packedPage(page, text, { files: FILES })).toBe(alone);
    expect(packedPage(page, text, { files: FILES, repository: REPOSITORY })).toBe(withRepository);
  });

  test("leaves out what only the repository shows", () => {
    const only = "<!-- repository only -->\n\n![a](a.png)\n\n<!-- end -->\n";
    expect(packedPage("README.md", `one\n\n${only}\ntwo\n\n${only}`, { files: FILES })).toBe(
      "one\n\ntwo\n\n",
    );
  });

  test("refuses a picture anywhere else", () => {
    expect(() => packedPage("docs/index.md", "![a](a.png)", { files: FILES })).toThrow(
      "docs/index.md shows a.png. Show pictures between <!-- repository only --> and <!-- end -->.",
    );
  });
});

describe("packedManifest", () => {
  const RUN = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "team/genauth" };
  /** Its addresses hold a placeholder until the project has a repository. */
  const unfilled: Manifest = packageJson;

  test("leaves out what only the repository needs, and names no repository that it does not know", () => {
    const packed = packedManifest(unfilled, {});
    for (const field of ["scripts", "devDependencies", "repository", "homepage", "bugs"])
      expect(packed).not.toHaveProperty(field);
    expect(packed).toMatchObject({ name: "cdktf-genauth", dependencies: packageJson.dependencies });
    expect(filesAddress(packed)).toBeUndefined();
    expect(() => packedManifest(packed, {})).toThrow("package.json is reduced already.");
  });

  test.each([
    {
      where: "the run in GitHub Actions",
      fields: {},
      environment: RUN,
      address: "https://github.com/team/genauth",
    },
    {
      where: "package.json",
      fields: { repository: { type: "git", url: "git+https://git.example/a/b.git" } },
      environment: RUN,
      address: "https://git.example/a/b",
    },
    {
      where: "package.json, as text",
      fields: { repository: "https://git.example/a/b" },
      environment: {},
      address: "https://git.example/a/b",
    },
  ])("takes the repository from $where", ({ fields, environment, address }) => {
    const packed = packedManifest({ ...unfilled, ...fields }, environment);
    expect(JSON.stringify(packed.repository)).toContain(address);
    expect(packed).toMatchObject({ homepage: `${address}#readme`, bugs: `${address}/issues` });
    expect(filesAddress(packed)).toBe(`${address}/blob/v${packageJson.version}`);
  });

  test("lets npm publish no address that is a placeholder, and lets it pack without one", () => {
    expect(unfilled).toMatchObject({ bugs: "https://github.com/OWNER/cdktf-genauth/issues" });
    expect(() => packedManifest(unfilled, { npm_command: "publish" })).toThrow(
      'Replace OWNER in "homepage", "bugs" and "repository"',
    );
    expect(JSON.stringify(packedManifest(unfilled, { npm_command: "pack" }))).not.toContain("OWNER");
    expect(packedManifest(unfilled, { ...RUN, npm_command: "publish" })).toMatchObject({
      bugs: "https://github.com/team/genauth/issues",
    });
  });

  test("does not replace a homepage", () => {
    const packed = packedManifest({ ...unfilled, homepage: "https://genauth.example" }, RUN);
    expect(packed.homepage).toBe("https://genauth.example");
  });

  test("refuses a repository that is no address", () => {
    expect(() => packedManifest({ ...unfilled, repository: "github:a/b" }, {})).toThrow(
      '"repository" of package.json is "github:a/b". Set the whole address: git+https://….git',
    );
  });
});

test("the page of a wheel has no links into a folder that a registry does not show", () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;
  const page = editionPage(ROOT, manifest);
  const links = [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  expect(readFileSync(join(ROOT, "README.md"), "utf8")).toContain("](docs/");
  expect(links.filter((target) => !/^(#|https:)/.test(target))).toEqual([]);
});
