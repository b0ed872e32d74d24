/**
 * Where a project keeps its state. Without one that all runs share, a pipeline loses the state with its job,
 * and then knows nobody who leaves.
 */

interface Backend {
  /** The class of the CDKs. */
  readonly construct: string;
  /** By the names of HCL. What only the owner knows is in angle brackets. */
  readonly values: Readonly<Record<string, string>>;
}

const BACKENDS = {
  s3: {
    construct: "S3Backend",
    values: { bucket: "<bucket>", key: "genauth/staff.tfstate", region: "<region>" },
  },
  gcs: { construct: "GcsBackend", values: { bucket: "<bucket>", prefix: "genauth/staff" } },
  azurerm: {
    construct: "AzurermBackend",
    values: {
      resource_group_name: "<resource group>",
      storage_account_name: "<storage account>",
      container_name: "<container>",
      key: "genauth/staff.tfstate",
    },
  },
  http: {
    construct: "HttpBackend",
    values: {
      address: "https://<address>/genauth/staff",
      lock_address: "https://<address>/genauth/staff/lock",
      unlock_address: "https://<address>/genauth/staff/lock",
    },
  },
} as const satisfies Readonly<Record<string, Backend>>;

/** The places that `init` can write. `local`: a file of the folder, to try it. */
export const PROJECT_BACKENDS = ["local", "s3", "gcs", "azurerm", "http"] as const;

/** A place of {@link PROJECT_BACKENDS}. */
export type ProjectBackend = (typeof PROJECT_BACKENDS)[number];

/**
 * The lines of a backend below a comment. For `local`, they are an example, and so comments too.
 *
 * @param mark begins a comment of the language
 * @param origin says of an example where it comes from
 */
function withComment(backend: ProjectBackend, mark: string, text: readonly string[], origin = ""): string[] {
  if (backend !== "local") {
    return [`${mark} Keeps the state for all runs. Replace what is in angle brackets.`, ...text];
  }
  return [
    `${mark} The state is a file of this folder: enough to try. A pipeline would lose it, and delete nobody, so name a backend:`,
    ...text.map((line) => `${mark} ${line}${origin}`),
  ];
}

function backendOf(backend: ProjectBackend): Backend {
  return BACKENDS[backend === "local" ? "s3" : backend];
}

/** The class that a stack of a CDK imports for it; undefined: none. */
export function backendImport(backend: ProjectBackend): string | undefined {
  return backend === "local" ? undefined : backendOf(backend).construct;
}

/** The properties of a construct. Those of S3 can lock by a table only. */
function propertiesOf(backend: ProjectBackend): [name: string, value: string][] {
  const { construct, values } = backendOf(backend);
  return Object.entries({ ...values, ...(construct === "S3Backend" && { dynamodb_table: "<table>" }) });
}

/** The lines of a stack in TypeScript. */
export function typescriptBackend(backend: ProjectBackend, cdk: string): string[] {
  const { construct } = backendOf(backend);
  const properties = propertiesOf(backend).map(([name, value]) => `${camel(name)}: ${JSON.stringify(value)}`);
  return withComment(
    backend,
    "//",
    [`new ${construct}(this, { ${properties.join(", ")} });`],
    ` // of "${cdk}"`,
  );
}

/** The lines of a stack in Python. */
export function pythonBackend(backend: ProjectBackend, cdk: string): string[] {
  const { construct } = backendOf(backend);
  const parameters = propertiesOf(backend).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return withComment(backend, "#", [`${construct}(self, ${parameters.join(", ")})`], `  # of ${cdk}`);
}

/** The lines of the block `terraform` in HCL. */
export function hclBackend(backend: ProjectBackend): string[] {
  const values = {
    ...backendOf(backend).values,
    ...(["local", "s3"].includes(backend) && { use_lockfile: true }),
  };
  const width = Math.max(...Object.keys(values).map(({ length }) => length));
  return withComment(backend, "#", [
    `backend "${backend === "local" ? "s3" : backend}" {`,
    ...Object.entries(values).map(([name, value]) => `  ${name.padEnd(width)} = ${JSON.stringify(value)}`),
    "}",
  ]);
}

function camel(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
