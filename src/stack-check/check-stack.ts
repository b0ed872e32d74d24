import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { commandFiles } from "../install";
import { type Body, NotUnderstoodError } from "./body";
import { type BodyFinding, checkBody, checkTests } from "./check-body";
import { findBroughtAlong, type StackFinding } from "./brought-along";
import { checkFileFunctions, isInside } from "./file-functions";
import { parseHcl } from "./hcl-body";
import { codeIn, scanTemplate } from "./hcl-tokens";
import { parseHclJson } from "./json-body";
import { Providers } from "./providers";

/** The result of a check. */
export interface StackCheck {
  readonly findings: readonly StackFinding[];
  /** The configuration files that were read, relative to the folder. */
  readonly files: readonly string[];
}

const TESTS = /\.(?:tf|tofu)test\.(?:hcl|json)$/;

const CONFIGURATION = /\.(?:tf|tofu)(?:\.json)?$/;

/**
 * Checks a folder with a configuration before `init`. A folder without findings can run nothing but the provider and the
 * command of this package, the null provider, and providers that the operator allows. Its expressions read no file elsewhere, and its backend is told of none.
 *
 * @param allowedProviders sources of further providers, such as `hashicorp/aws`
 * @param filesRoot the folder whose files expressions may read; it contains the folder
 * @param lock the text of the lock file that `init` will be held to; it may name executables of the provider
 * @throws Error if a folder cannot be read, or lies outside `filesRoot`
 */
export function checkStack(
  folder: string,
  allowedProviders: readonly string[],
  filesRoot: string = folder,
  lock = "",
): StackCheck {
  return new StackChecker(folder, allowedProviders, filesRoot, lock).check();
}

class StackChecker {
  readonly #root: string;
  readonly #findings: StackFinding[] = [];
  readonly #files: string[] = [];
  /** Folders of modules, also those that are still to be read. */
  readonly #modules: string[];
  readonly #filesRoot: string;
  /** Files that are read as templates, also those that are still to be read. */
  readonly #templates: string[] = [];

  constructor(
    folder: string,
    private readonly allowedProviders: readonly string[],
    filesRoot: string,
    private readonly lock: string,
  ) {
    this.#root = realpathSync(folder);
    this.#filesRoot = realpathSync(filesRoot);
    if (!isInside(this.#filesRoot, this.#root))
      throw new Error(`${folder} is not inside ${filesRoot}. Name a folder that contains it as --root.`);
    this.#modules = [this.#root];
  }

  check(): StackCheck {
    this.#findings.push(...findBroughtAlong(this.#root, this.allowedProviders, this.lock));
    this.#checkTests();
    // Grows while it is read.
    for (const module of this.#modules) this.#checkModule(module);
    for (const template of this.#templates) this.#checkTemplate(template);
    if (this.#files.length === 0)
      this.#findings.push({ file: ".", problem: "It contains no configuration." });
    return { findings: this.#findings, files: this.#files };
  }

  #checkModule(module: string): void {
    const bodies = this.#configurationFiles(module).flatMap((path) => {
      const body = this.#read(path);
      return body ? [{ path, body }] : [];
    });
    const providers = new Providers(this.allowedProviders);
    // First all of them, because any file may declare what another one uses.
    for (const { path, body } of bodies)
      this.#add(path, () =>
        body
          .blocks("terraform", 0)
          .flatMap((block) => block.body.blocks("required_providers", 0))
          .flatMap((block) => providers.require(block.body)),
      );
    for (const { path, body } of bodies)
      this.#add(path, () =>
        checkBody(body, {
          providers,
          hasOwnCommand: () => holdsOwnCommand(module),
          call: (source, line) => this.#call(resolve(module, source), line),
        }),
      );
    for (const { path, body } of bodies)
      this.#add(path, () => checkFileFunctions(body.code, { ...this.#callSite(), module }));
  }

  /** The tests of the stack itself, in its folder and in the one where engines look for tests by default. */
  #checkTests(): void {
    for (const folder of [this.#root, join(this.#root, "tests")]) {
      if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) continue;
      for (const name of readdirSync(folder).sort()) {
        const path = join(folder, name);
        const body = TESTS.test(name) ? this.#read(path) : undefined;
        if (body === undefined) continue;
        // The source of a module in a test begins at the stack's folder, too.
        const call = (source: string, line: number) => this.#call(resolve(this.#root, source), line);
        this.#add(path, () => checkTests(body, { call }));
      }
    }
  }

  #checkTemplate(path: string): void {
    this.#add(path, () => {
      const code = scanTemplate(readFileSync(path, "utf8")).flatMap(codeIn);
      return checkFileFunctions(code, this.#callSite());
    });
  }

  #callSite() {
    return {
      stack: this.#root,
      root: this.#filesRoot,
      template: (path: string, line: number) => this.#addTemplate(path, line),
    };
  }

  #addTemplate(path: string, line: number): BodyFinding[] {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
      return [{ line, problem: `The template ${this.#name(path)} does not exist.` }];
    if (!this.#templates.includes(path)) this.#templates.push(path);
    return [];
  }

  /** Adds the findings in a file. What cannot be understood is one. */
  #add(path: string, check: () => readonly BodyFinding[]): void {
    const file = this.#name(path);
    try {
      this.#findings.push(...check().map((finding) => ({ file, ...finding })));
    } catch (error) {
      const notUnderstood =
        error instanceof RangeError ? new NotUnderstoodError("is nested too deeply", 1) : error;
      if (!(notUnderstood instanceof NotUnderstoodError)) throw error;
      this.#findings.push({
        file,
        line: notUnderstood.line,
        problem: `The file ${notUnderstood.message}, so this check cannot vouch for it.`,
      });
    }
  }

  #read(path: string): Body | undefined {
    let body: Body | undefined;
    this.#add(path, () => {
      const text = readFileSync(path, "utf8");
      body = path.endsWith(".json") ? parseHclJson(text) : parseHcl(text);
      return [];
    });
    return body;
  }

  /** The files that an engine reads. All of them are checked, although OpenTofu prefers some. */
  #configurationFiles(module: string): string[] {
    const names = readdirSync(module).filter((name) => CONFIGURATION.test(name) && !name.startsWith("."));
    return names.sort().flatMap((name) => {
      const path = join(module, name);
      this.#files.push(this.#name(path));
      if (lstatSync(path).isFile()) return [path];
      this.#findings.push({
        file: this.#name(path),
        problem: "It is not a regular file. Replace a link with the file.",
      });
      return [];
    });
  }

  #call(folder: string, line: number): BodyFinding[] {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found?.isDirectory() !== true)
      return [{ line, problem: `The module's folder ${this.#name(folder)} does not exist.` }];
    if (!isInside(this.#root, folder))
      return [
        {
          line,
          problem: `The module is outside the folder ${basename(this.#root)}. Move it into that folder.`,
        },
      ];
    // An engine resolves a further `../` by the name of the link, not by its target.
    if (realpathSync(folder) !== folder)
      return [
        {
          line,
          problem: `The module's path ${this.#name(folder)} contains a link. Replace it with the folder.`,
        },
      ];
    if (!this.#modules.includes(folder)) this.#modules.push(folder);
    return [];
  }

  #name(path: string): string {
    return relative(this.#root, path) || ".";
  }
}

/** Whether the null resource's command beside a module is the one that this package ships. */
function holdsOwnCommand(module: string): boolean {
  return Object.entries(commandFiles()).every(([file, content]) => {
    const path = join(module, file);
    return (
      lstatSync(path, { throwIfNoEntry: false })?.isFile() === true && readFileSync(path).equals(content)
    );
  });
}
