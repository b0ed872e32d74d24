/** A package.json. */
export type Manifest = Readonly<Record<string, unknown>> & { readonly version: string };

/**
 * The package.json of the package: without scripts and other parts that only the repository needs, and with the address of the
 * repository. That address comes from `repository`, or in GitHub Actions from the run, so that a fork names itself.
 */
export function packedManifest(
  manifest: Manifest,
  { GITHUB_SERVER_URL, GITHUB_REPOSITORY }: NodeJS.ProcessEnv,
): Manifest {
  const { scripts, devDependencies, ...packed } = manifest;
  if (!scripts || !devDependencies) throw new Error("package.json is reduced already.");
  const given = repositoryOf(manifest);
  const run =
    GITHUB_SERVER_URL && GITHUB_REPOSITORY ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}` : undefined;
  const address = given ?? run;
  if (address === undefined) return packed;
  return {
    homepage: `${address}#readme`,
    bugs: `${address}/issues`,
    repository: { type: "git", url: `git+${address}.git` },
    ...packed,
  };
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
