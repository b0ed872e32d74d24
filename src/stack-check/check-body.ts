import { isOwnLocalExec } from "../payload";
import { type Block, type Body, NotUnderstoodError } from "./body";
import { BUILT_IN, type Providers } from "./providers";

/** A finding in one file. */
export interface BodyFinding {
  readonly line: number;
  readonly problem: string;
}

/** What a module brings, as far as its rules need it. */
export interface Module {
  readonly providers: Providers;
  /** Whether the command of the null resource beside the module is the one that this package ships. */
  readonly hasOwnCommand: () => boolean;
  /** Called for each local module that is called, with its source. */
  readonly call: (source: string, line: number) => BodyFinding[];
}

/**
 * Arguments that make a backend or an encryption method run a command, or read a file that can name one: `exec` and kubeconfig
 * files (kubernetes), `credential_process` in AWS and similar files, OpenTofu's external key providers and methods.
 */
const RUNS_COMMANDS = new Set([
  "exec",
  "command",
  "encrypt_command",
  "decrypt_command",
  "config_path",
  "config_paths",
  "shared_config_files",
  "shared_credentials_dir",
  "shared_credentials_file",
  "shared_credentials_files",
]);

/**
 * Arguments that name a file or say how credentials are got, for example from a file. A backend sends these to an address that
 * the configuration may name, too: `web_identity_token_file = "/proc/self/environ"` sends the keys of the job.
 */
const SENDS_FILES = /^credentials$|_(?:file|path)s?$/;

type Rule = (body: Body, module: Module) => BodyFinding[];

/** By the name of a block at the top of a file. Whatever is not listed is refused. */
const RULES: Readonly<Record<string, Rule>> = {
  terraform: each("terraform", 0, ({ body }, module) => checkSettings(body, module)),
  provider: each("provider", 1, ({ labels: [name = ""], line }, { providers }) =>
    found(line, providers.problemOf(name)),
  ),
  module: each("module", 1, checkCall),
  resource: each("resource", 2, checkObject),
  data: each("data", 2, checkObject),
  ephemeral: each("ephemeral", 2, checkObject),
  action: each("action", 2, checkObject),
  check: each("check", 1, ({ body }, module) => RULES["data"]?.(body, module) ?? []),
  import: each("import", 0, checkImport),
  removed: each("removed", 0, ({ body }) => checkCommands(body, () => false)),
  variable: () => [],
  locals: () => [],
  output: () => [],
  moved: () => [],
};

const SETTINGS = new Set([
  "required_version",
  "required_providers",
  "experiments",
  "language",
  "backend",
  "cloud",
  "provider_meta",
  "encryption",
]);

/**
 * Checks one file.
 *
 * @throws NotUnderstoodError
 */
export function checkBody(body: Body, module: Module): BodyFinding[] {
  const unknown = body.names.filter(({ name }) => !Object.hasOwn(RULES, name));
  const known = new Set(body.names.map(({ name }) => name));
  return [
    ...unknown.map(({ name, line }) => ({ line, problem: `This check does not know the block ${name}.` })),
    ...[...known].flatMap((name) => (Object.hasOwn(RULES, name) ? (RULES[name]?.(body, module) ?? []) : [])),
  ];
}

function each(type: string, labels: number, check: (block: Block, module: Module) => BodyFinding[]): Rule {
  return (body, module) => body.blocks(type, labels).flatMap((block) => check(block, module));
}

function found(line: number, problem: string | undefined): BodyFinding[] {
  return problem === undefined ? [] : [{ line, problem }];
}

function checkSettings(body: Body, { providers }: Module): BodyFinding[] {
  const unknown = body.names.filter(({ name }) => !SETTINGS.has(name));
  return [
    ...unknown.map(({ name, line }) => ({ line, problem: `This check does not know the setting ${name}.` })),
    ...body
      .blocks("provider_meta", 1)
      .flatMap(({ labels: [name = ""], line }) => found(line, providers.problemOf(name))),
    ...[...body.blocks("backend", 1), ...body.blocks("cloud", 0), ...body.blocks("encryption", 0)].flatMap(
      (block) => checkConnection(block.body),
    ),
  ];
}

/** What a backend or an encryption method may not be told by the configuration. */
function checkConnection(body: Body): BodyFinding[] {
  return body.deepNames.flatMap(({ name, line }) => {
    const problem = RUNS_COMMANDS.has(name)
      ? `${name} can run a command, even during init.`
      : SENDS_FILES.test(name)
        ? `${name} names a file, which can be sent to a place that the configuration names, even during init.`
        : undefined;
    return found(line, problem && `${problem} Pass credentials by environment variables.`);
  });
}

/**
 * Checks a file of tests, whose modules init fetches, too.
 *
 * @throws NotUnderstoodError
 */
export function checkTests(body: Body, module: Pick<Module, "call">): BodyFinding[] {
  return body
    .blocks("run", 1)
    .flatMap((run) => run.body.blocks("module", 0))
    .flatMap((block) => checkCall(block, module));
}

function checkCall({ body, line }: Block, module: Pick<Module, "call">): BodyFinding[] {
  const source = body.attribute("source");
  if (source?.literal !== undefined && /^\.{1,2}\//.test(source.literal))
    return module.call(source.literal, source.line);
  return found(
    source?.line ?? line,
    "Only modules in folders of this stack are allowed, with a literal source that begins with ./ or ../.",
  );
}

/** A resource, a data source, an ephemeral resource or an action. */
function checkObject({ labels: [type = ""], body, line }: Block, module: Module): BodyFinding[] {
  const { providers } = module;
  const provider = providerOf(body, type);
  const problems =
    providers.sourceOf(provider) === BUILT_IN
      ? checkBuiltIn(type, body, line, providers)
      : found(line, providers.problemOf(provider));
  const isNullResource = type === "null_resource" && providers.isNull(provider);
  return [...problems, ...checkCommands(body, (block) => isNullResource && isOwn(block, module))];
}

/** All but `terraform_data`, which only holds values, takes the arguments of a backend. */
function checkBuiltIn(type: string, body: Body, line: number, providers: Providers): BodyFinding[] {
  if (type === "terraform_data") return [];
  return [...found(line, builtInProblem(providers, type)), ...checkConnection(body)];
}

function builtInProblem(providers: Providers, type: string): string | undefined {
  if (providers.problemOf("terraform") === undefined) return undefined;
  return `${type} connects to a place that the configuration names, with this job's credentials. If it is meant, run the check with --allow-provider ${BUILT_IN}.`;
}

function providerOf(body: Body, type: string): string {
  const named = body.attribute("provider");
  if (named === undefined) return type.split("_", 1)[0] ?? type;
  const [, name] = /^([\p{ID_Start}_][\p{ID_Continue}-]*)(?:\.[^.]+)?$/u.exec(named.text ?? "") ?? [];
  if (name !== undefined) return name;
  throw new NotUnderstoodError("names a provider not by its name", named.line);
}

function isOwn({ labels: [type], body }: Block, { hasOwnCommand }: Module): boolean {
  return type === "local-exec" && isOwnLocalExec(body.json) && hasOwnCommand();
}

function checkCommands(body: Body, isAllowed: (block: Block) => boolean): BodyFinding[] {
  const provisioners = body.blocks("provisioner", 1).filter((block) => !isAllowed(block));
  return [
    ...provisioners.map(({ labels: [type = ""], line }) => ({
      line,
      problem:
        `The provisioner ${type} runs a command that is not exactly the one of a ManagedUserSet with ` +
        `UserSetResourceType.NULL_RESOURCE, in cdk.tf.json and with the files that this version of cdktf-genauth writes.`,
    })),
    ...body
      .blocks("connection", 0)
      .map(({ line }) => ({ line, problem: "A connection block is for provisioners that run commands." })),
  ];
}

/** An engine installs the provider of the object that is imported. */
function checkImport({ body, line }: Block, { providers }: Module): BodyFinding[] {
  const to = body.attribute("to");
  const [, type] =
    /^(?:module\.[\w-]+(?:\[[^\]]*\])?\.)*([\w-]+)\.[\w-]+(?:\[.*\])?$/s.exec(to?.text ?? "") ?? [];
  if (type === undefined)
    throw new NotUnderstoodError("imports an object whose address is not simple", to?.line ?? line);
  return found(line, type === "terraform_data" ? undefined : providers.problemOf(providerOf(body, type)));
}
