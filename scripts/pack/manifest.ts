/** A package.json. */
export type Manifest = Readonly<Record<string, unknown>> & { readonly version: string };

/** Stands in the addresses of package.json until the project has a repository. */
const PLACEHOLDER = "https://github.com/OWNER/";

/**
 * The package.json of the package: without scripts and other parts that only the repository needs, and with the address of the
 * repository. That address comes from `repository`, or in GitHub Actions from the run, so that a fork names itself. Without either,
 * the package names no address.
 *
 * @param environment of npm, which says whether it packs or publishes, and of a run in GitHub Actions
 * @throws Error that says what to do, if npm publishes a package without an address
 */
export function packedManifest(
  manifest: Manifest,
  { GITHUB_SERVER_URL, GITHUB_REPOSITORY, npm_command: command }: NodeJS.ProcessEnv,
): Manifest {
  const { scripts, devDependencies, ...kept } = manifest;
  if (!scripts || !devDependencies) throw new Error("package.json is reduced already.");
  const packed = withoutPlaceholders(kept);
  const run =
    GITHUB_SERVER_URL && GITHUB_REPOSITORY ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}` : undefined;
  const address = repositoryOf(packed) ?? run;
  if (address === undefined && command === "publish") {
    throw new Error(
      `package.json names no repository: ${PLACEHOLDER} is a placeholder. Replace OWNER in "homepage", "bugs" and "repository", ` +
        "or let the workflow publish.yml publish, which fills it. Nothing was published.",
    );
  }
  if (address === undefined) return packed;
  return {
    homepage: `${address}#readme`,
    bugs: `${address}/issues`,
    repository: { type: "git", url: `git+${address}.git` },
    ...packed,
  };
}

function withoutPlaceholders(manifest: Manifest): Manifest {
  const isFilled = (value: unknown) => !JSON.stringify(value).includes(PLACEHOLDER);
  return Object.fromEntries(Object.entries(manifest).filter(([, value]) => isFilled(value))) as Manifest;
}

/** The address under which the repository shows the files of this version. */
export function filesAddress(packed: Manifest): string | undefined {
  const address = repositoryOf(packed);
  return address === undefined ? undefined : `${address}/blob/v${packed.version}`;
}

function repositoryOf({ repository }: Manifest): string | undefined {
  const url: unknown =
    typeof repository === "object" && repository !== null && "url" in repository
      ? repository.url
      : repository;
  if (url === undefined) return undefined;
  const [, address] =
    /^(?:git\+)?(https:\/\/[^\s#]+?)(?:\.git)?$/.exec(typeof url === "string" ? url : "") ?? [];
  if (address === undefined) {
    throw new Error(
      `"repository" of package.json is ${JSON.stringify(url)}. Set the whole address: git+https://….git`,
    );
  }
  return address;
}
