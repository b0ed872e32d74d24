import { type Manifest, packedManifest } from "../pack/manifest";

/** A language that jsii generates a package for. */
export type Language = "python" | "go";

/** The package for the users of one CDK in other languages than TypeScript. */
export interface Edition {
  /** The CDK that its constructs extend. */
  readonly cdk: "cdktf" | "cdktn";
  /** The name of the jsii module, and of the package in Python. */
  readonly name: string;
  /** The file of `src/` that exports its types, without `.ts`. */
  readonly entry: string;
  /** Modules of the source, and what the compiler and the bundler take in their place, relative to the project's folder. */
  readonly replaced: Readonly<Record<string, { readonly types: string; readonly code: string }>>;
  /** The versions of the packages that its users install. */
  readonly peers: Readonly<Record<string, string>>;
  /** Loaded on demand, from a package that its users may install. */
  readonly onDemand: readonly string[];
  /** CDK Terrain 0.24 has no Go module. */
  readonly languages: readonly Language[];
}

const NULL_PROVIDER = "src/constructs/null-resource/null-provider";

export const EDITIONS: readonly Edition[] = [
  {
    cdk: "cdktf",
    name: "cdktf-genauth",
    entry: "index",
    replaced: {},
    peers: { cdktf: "^0.21.0", constructs: "^10.4.2" },
    onDemand: ["@cdktf/provider-null"],
    languages: ["python", "go"],
  },
  {
    cdk: "cdktn",
    name: "cdktn-genauth",
    entry: "cdktn",
    replaced: {
      cdktf: { types: "node_modules/cdktn", code: "cdktn" },
      "@cdktf/provider-null/lib/resource": {
        types: `${NULL_PROVIDER}.ts`,
        code: `build/${NULL_PROVIDER}.js`,
      },
    },
    peers: { cdktn: "^0.24.0", constructs: ">=10.6.0 <10.8.0" },
    onDemand: [],
    languages: ["python"],
  },
];

/** The import path of the Go module. Its host is no real one: a stack takes the module from a folder. */
export const GO_MODULE = "genauth.local/cdktf-genauth-go";
/** The last part of the import path, which is the package's name. */
export const GO_PACKAGE = "genauth";

/** The name of an edition's module in Python. */
export function pythonModule({ name }: Edition): string {
  return name.replace("-", "_");
}

/** The address that a package.json has to name for jsii, where none is known. Nothing that is built contains it. */
export const NO_ADDRESS = "https://repository.invalid";

/**
 * The package.json of an edition, with what jsii reads.
 *
 * @param manifest the project's own
 */
export function editionManifest(edition: Edition, manifest: Manifest): Manifest {
  const { repository = { type: "git", url: NO_ADDRESS } } = packedManifest(manifest, process.env);
  const { version, description, license, keywords } = manifest;
  return {
    name: edition.name,
    version,
    description,
    license,
    keywords,
    author: { name: "cdktf-genauth contributors", organization: true },
    repository,
    main: "lib/index.js",
    types: "lib/index.d.ts",
    bin: { "genauth-users": "dist/genauth-users.js" },
    files: ["lib", "dist", ".jsii"],
    stability: "experimental",
    jsii: {
      outdir: "out",
      versionFormat: "short",
      targets: {
        python: { distName: edition.name, module: pythonModule(edition) },
        go: { moduleName: GO_MODULE, packageName: GO_PACKAGE },
      },
    },
    peerDependencies: edition.peers,
  };
}
