import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const ROOT = join(__dirname, "../../../..");

/** The variable with the path of the packed package. */
export const PACKED = "GENAUTH_TEST_PACKED";

/** The path of the packed package. */
export function packedFile(): string {
  const file = process.env[PACKED];
  if (file === undefined) throw new Error(`${PACKED} is not set. Run: npm run test:package`);
  return file;
}

/** The versions of Node.js that users of the package have; the registry has them as packages for each platform. */
export const RUNTIMES = {
  oldest: "20.9.0",
  /** The oldest that the `cdktn` command runs on. */
  oldestOfCdktn: "22.19.0",
  newest: "26.12.1",
} as const;
export type Runtime = keyof typeof RUNTIMES;

/** Whether the registry's packages with Node.js are installed: they are for this platform only. */
export const HAS_RUNTIMES = process.platform === "linux" && process.arch === "x64";

/** The folder of a runtime's programs, which `pack.ts` has installed once for all tests. */
export function runtimeFolder(runtime: Runtime): string {
  return join(dirname(packedFile()), "node_modules", runtime, "bin");
}

/** This process's environment without npm's settings of the run, and not that of a run on GitHub, whose repository is unknown. */
export function environment(additions: Readonly<Record<string, string>> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(npm_|NODE_OPTIONS$|GITHUB_)/i.test(entry[0]),
  );
  return { ...Object.fromEntries(inherited), CI: "1", ...additions };
}

/** That environment with the certificates of this machine, which its package registry may need; see jest.config.cjs. */
export function registryEnvironment(
  additions: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const certificates = process.env.REGISTRY_CERTIFICATES ?? "";
  return environment({ ...(certificates !== "" && { NODE_EXTRA_CA_CERTS: certificates }), ...additions });
}

/** The locked version of a package, so that a new release does not break the tests. */
export function locked(name: string): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8")) as {
    version: string;
  };
  return `${name}@${version}`;
}

/** The two CDKs, which are the columns of the table in the guide for stacks. */
export const CDKS = ["CDKTF", "CDK Terrain"] as const;
export type Cdk = (typeof CDKS)[number];

/** How the documents say to install and import a CDK. */
export function installationOf(cdk: Cdk): { readonly install: readonly string[]; readonly entry: string } {
  const guide = readFileSync(join(ROOT, "docs/guides/cdktf.md"), "utf8");
  const cellOf = (row: string): string => {
    const cells = new RegExp(`^\\| ${row} +\\|(.*)\\|$`, "m").exec(guide)?.[1]?.split("|") ?? [];
    return /`"?(.+?)"?`/.exec(cells[CDKS.indexOf(cdk)] ?? "")?.[1] ?? "";
  };
  const [constructs = ""] = /constructs@[~.\d]+/.exec(guide) ?? [];
  const own = cellOf("the CDK");
  const entry = cellOf("the constructs");
  if (!own || !entry || !constructs) throw new Error(`The guide has no installation for ${cdk}.`);
  return { install: [own, constructs], entry };
}
