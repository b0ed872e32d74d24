import { createInterface } from "node:readline/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { version } from "../../package.json";
import {
  CDKS,
  type Cdk,
  hasUsers,
  OLDEST_NODE,
  PROJECT_BACKENDS,
  PROJECT_LANGUAGES,
  type ProjectBackend,
  type ProjectLanguage,
  USER_FILE,
  writeProject,
  type WrittenProject,
} from "../project";
import { findPackageRoot, holdsScript } from "../install";
import { USER_ID_TYPES, UserIdType } from "../users";
import { EXIT_CODES_HELP, userIdTypeOption } from "./command-line";
import { type ExportedPool, readPoolFile } from "./export";
import { noticeSignals } from "./process";

interface Options {
  readonly language?: ProjectLanguage;
  readonly cdk?: Cdk;
  readonly backend?: ProjectBackend;
  readonly userIdType?: UserIdType;
  readonly export?: boolean;
}

/**
 * `cdktf-genauth init`: writes a whole project.
 *
 * @param environment contains the credentials and settings, for the export of the pool
 */
export function initCommand(environment: NodeJS.ProcessEnv): Command {
  return new Command("init")
    .description("Write a whole project: a stack or plain HCL, the user file, and a test.")
    .argument("[folder]", "where to write it; created if it is missing", ".")
    .addOption(languageOption())
    .addOption(
      new Option("--cdk <name>", "CDKTF or CDK Terrain (default: cdktf, or that of the wheel)").choices(CDKS),
    )
    .addOption(
      new Option("--backend <name>", "where the state is kept (default: local)").choices(PROJECT_BACKENDS),
    )
    .addOption(userIdTypeOption("the type of the ids in the user file (default: email)"))
    .option("--export", `write everybody who is in the pool into ${USER_FILE}; needs a key that can read`)
    .option("--no-export", `leave ${USER_FILE} without users, to fill it yourself`)
    .addHelpText(
      "after",
      `
On a terminal, it asks for what is not given. Elsewhere, give --language;
without --export, ${USER_FILE} has no users, and synth and plan refuse it. A file
that is there stays as it is. Plain HCL gets the provider, too.

Examples:
  $ cdktf-genauth init staff                     # asks
  $ cdktf-genauth init infra --language hcl --export
${EXIT_CODES_HELP}`,
    )
    .action(async (folder: string, options: Options, command: Command) => {
      if (options.language === "hcl" && options.cdk !== undefined)
        command.error("error: --cdk is for typescript and python");
      const wheel = wheelCdk();
      const defaults = defaultsOf(wheel);
      const isTerminal = process.stdin.isTTY && process.stderr.isTTY;
      if (options.language === undefined && !isTerminal)
        command.error(
          `error: nobody can be asked here, so name the language: --language ${PROJECT_LANGUAGES.join(" or --language ")}`,
        );
      const keeps = hasUsers(folder);
      const { language, cdk, backend, userIdType, exports } = isTerminal
        ? await ask(options, defaults, { keeps, hasKey: Boolean(environment.GENAUTH_ACCESS_KEY_SECRET) })
        : { ...defaults, ...options, exports: options.export === true };
      if (language === "typescript" && !runsHere(cdk))
        command.error(
          `error: the command line of CDK Terrain needs Node.js ${OLDEST_NODE[cdk]} or later, and this is ${process.versions.node}: it would end with "markAsUncloneable is not a function". Install a newer Node.js, or give --cdk cdktf. Nothing was written.`,
        );
      const pool = exports && !keeps ? await tryToExport(userIdType, environment) : undefined;
      const isInEnvironment = wheel === cdk && environment.VIRTUAL_ENV !== undefined;
      const written = writeProject(
        folder,
        { language, cdk, backend, userIdType, version, isInEnvironment },
        pool?.exported?.file,
      );
      await noticeSignals();
      process.stderr.write(pool?.exported?.summary ?? "");
      process.stdout.write(describe(written));
      if (pool?.problem !== undefined)
        throw new Error(`${USER_FILE} has no users yet: the pool could not be read. ${pool.problem}`);
    });
}

/**
 * Without a guide of its own, somebody would take a language that is missing here for one that does not work.
 */
const GO = "init writes no project in Go: docs/guides/go.md of the package leads to one";

function languageOption(): Option {
  const option = new Option("--language <name>", "the language of the project").choices(PROJECT_LANGUAGES);
  const { parseArg } = option;
  return option.argParser((name: string, previous: unknown) => {
    if (name.toLowerCase() === "go") throw new InvalidArgumentError(`${GO}.`);
    return parseArg?.(name, previous);
  });
}

/** Whether the command line of a CDK runs on this Node.js. */
function runsHere(cdk: Cdk): boolean {
  return process.versions.node.localeCompare(OLDEST_NODE[cdk], "en", { numeric: true }) >= 0;
}

/** Reads the pool, so that the answers are not lost with a key that does not work yet. */
async function tryToExport(
  userIdType: UserIdType,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly exported?: ExportedPool; readonly problem?: string }> {
  try {
    return { exported: await readPoolFile({ userIdType, label: "name" }, environment, USER_FILE) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** What a project is made of, unless somebody chooses otherwise. */
type Defaults = Required<Omit<Options, "export">>;

/** What somebody chose. */
interface Choice extends Defaults {
  /** Whether to write the users of the pool. */
  readonly exports: boolean;
}

/**
 * A person who has the command from a wheel writes Python on the CDK of that wheel. There is no package for
 * another CDK.
 */
function defaultsOf(wheel: Cdk | undefined): Defaults {
  const language = wheel === undefined ? "typescript" : "python";
  return { language, cdk: wheel ?? "cdktf", backend: "local", userIdType: UserIdType.EMAIL };
}

/** The CDK of the wheel that holds this command, if one does. */
function wheelCdk(): Cdk | undefined {
  if (!holdsScript()) return undefined;
  const { name, isEdition } = findPackageRoot(__dirname);
  return isEdition ? CDKS.find((cdk) => name.startsWith(cdk)) : undefined;
}

/**
 * Asks on the terminal for what is not given. An empty answer is the default, and the beginning of one
 * suffices.
 */
async function ask(
  given: Options,
  defaults: Defaults,
  { keeps, hasKey }: { readonly keeps: boolean; readonly hasKey: boolean },
): Promise<Choice> {
  // On standard error, so that the output can be redirected.
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const choose = async <T extends string>(title: string, choices: readonly T[], fallback: T): Promise<T> => {
    for (;;) {
      const answer = await terminal.question(`${title} (${choices.join(", ")}) [${fallback}]: `);
      const text = answer.trim().toLowerCase();
      const begun = choices.filter((choice) => choice.startsWith(text));
      const chosen =
        text === "" ? fallback : begun.length === 1 ? begun[0] : choices.find((its) => its === text);
      if (chosen !== undefined) return chosen;
      if (text === "go") process.stderr.write(`${GO}. `);
      process.stderr.write(`Answer one of ${choices.join(", ")}, or press Enter for ${fallback}.\n`);
    }
  };
  try {
    const language = given.language ?? (await choose("Language", PROJECT_LANGUAGES, defaults.language));
    const cdk = language === "hcl" ? defaults.cdk : (given.cdk ?? (await choose("CDK", CDKS, defaults.cdk)));
    const backend =
      given.backend ?? (await choose("Where the state is kept", PROJECT_BACKENDS, defaults.backend));
    const userIdType =
      given.userIdType ?? (await choose("Type of the ids", USER_ID_TYPES, defaults.userIdType));
    const exports =
      !keeps &&
      (given.export ??
        (await choose("Export everybody who is in the pool?", YES_OR_NO, hasKey ? "yes" : "no")) === "yes");
    return { language, cdk, backend, userIdType, exports };
  } finally {
    terminal.close();
  }
}

const YES_OR_NO = ["yes", "no"] as const;

function describe({ files, steps }: WrittenProject): string {
  const lines = files.map(({ path, isKept }) =>
    isKept ? `kept     ${path}, which is there` : `written  ${path}`,
  );
  return `${[...lines, "", "Next:", ...steps.map((step) => `  ${step}`)].join("\n")}\n`;
}
