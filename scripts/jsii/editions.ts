import { type Manifest, packedManifest } from "../pack/manifest";

/** A language that jsii generates a package for. */
export type Language = "python" | "go";

/** The package for the users of one CDK in other languages than TypeScript. */
export interface Edition {
  /** The CDK that its constructs extend. */
  readonly cdk: "cdktf" | "cdktn";
  /** The name of the jsii module, and of the package in Python. */
  readonly name: string;
  /** Packages that the source imports, and the ones in their place. */
  readonly replaced: Readonly<Record<string, string>>;
  /** The versions of the packages that its users install. */
  readonly peers: Readonly<Record<string, string>>;
  /** CDK Terrain 0.24 has no Go module. */
  readonly languages: readonly Language[];
}

/** Exports the null provider too, whose package for CDKTF each language would have to install and load. */
export const ENTRY = "cdktn";
/** Takes the place of that package, as in `lib/cdktn.js`. */
export const NULL_PROVIDER = {
  name: "@cdktf/provider-null/lib/resource",
  file: "src/constructs/null-resource/null-provider",
} as const;

export const EDITIONS: readonly Edition[] = [
  {
    cdk: "cdktf",
    name: "cdktf-genauth",
    replaced: {},
    peers: { cdktf: "^0.21.0", constructs: "^10.5.0" },
    languages: ["python", "go"],
  },
  {
    cdk: "cdktn",
    name: "cdktn-genauth",
    replaced: { cdktf: "cdktn" },
    peers: { cdktn: "^0.24.0", constructs: ">=10.6.0 <10.8.0" },
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
    bin: { "cdktf-genauth": "dist/cdktf-genauth.js" },
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
