import type { ISynthesisSession, IStackSynthesizer, TerraformStack } from "cdktf";
import { join } from "node:path";
import { version } from "../../package.json";
import {
  type ExecutableSource,
  installCommand,
  installProvider,
  installRelease,
  type LockEntry,
  lockProviders,
} from "../install";
import { overrideOf } from "./framework";
import { isGenAuthProvider, SharedNote } from "./identity";

/** What writes the files of a stack, one for all copies of this package. */
const FILES = new SharedNote<StackFiles>("files");

/** Writes the files that Terraform needs beside `cdk.tf.json`, after that file. */
export class StackFiles implements IStackSynthesizer {
  /**
   * Makes the stack's synthesis write the provider. Repeated calls have no effect.
   *
   * @param executable given once for a stack at most; default the script
   * @throws Error if the stack has another executable
   */
  public static addProvider(stack: TerraformStack, executable?: ExecutableSource): void {
    const files = StackFiles.of(stack);
    files.holdsProvider = true;
    if (executable === undefined) return;
    if (files.executable !== undefined) {
      throw new Error(
        `${stack.node.path}: two providers of the stack have the property executable. Give it to one; it serves the whole stack.`,
      );
    }
    files.executable = executable;
  }

  /**
   * Makes the stack's synthesis write the command that a `null_resource` runs. Repeated calls have no effect.
   */
  public static addCommand(stack: TerraformStack): void {
    StackFiles.of(stack).holdsCommand = true;
  }

  private static of(stack: TerraformStack): StackFiles {
    const noted = FILES.of(stack);
    if (noted !== undefined) return noted;
    const files = new StackFiles(stack, stack.synthesizer);
    stack.synthesizer = files;
    FILES.set(stack, files);
    return files;
  }

  private holdsProvider = false;
  private holdsCommand = false;
  private executable: ExecutableSource | undefined;

  private constructor(
    private readonly stack: TerraformStack,
    private readonly inner: IStackSynthesizer,
  ) {}

  public synthesize(session: ISynthesisSession): void {
    this.inner.synthesize(session);
    const { workingDirectory } = session.manifest.forStack(this.stack);
    const dir = join(session.outdir, workingDirectory);
    const pinned = pinnedProviders(this.stack);
    if (this.holdsProvider && this.executable === undefined) installProvider({ dir, pinned });
    if (this.executable !== undefined) installRelease({ dir, pinned, version, ...this.executable });
    if (!this.holdsCommand) return;
    installCommand(dir);
    // Without lock entries, `cdktf` asks the registries for the hashes of all platforms, even if the team has
    // a mirror of the provider.
    lockProviders(dir, pinned);
  }
}

/**
 * The other providers of a stack that are required in exactly one version, as by CDKTF's prebuilt and
 * generated bindings. `init` chooses a version in a range.
 */
function pinnedProviders(stack: TerraformStack): LockEntry[] {
  return stack
    .allProviders()
    .filter((provider) => !isGenAuthProvider(provider))
    .flatMap((provider) => {
      const { providerVersion, providerVersionConstraint } = provider.terraformGeneratorMetadata ?? {};
      const asked =
        versionOverride(stack, provider.terraformResourceType) ??
        providerVersion ??
        providerVersionConstraint;
      const version = /^(?:=\s*)?(\d+\.\d+\.\d+[\w.+-]*)$/.exec(asked ?? "")?.[1];
      const source = provider.terraformProviderSource ?? provider.terraformResourceType;
      return version === undefined ? [] : [{ address: fullAddress(source), version }];
    });
}

/** The version of a provider that the stack requires in place of the one of its bindings. */
function versionOverride(stack: TerraformStack, name: string): string | undefined {
  const terraform = overrideOf(stack, "terraform") as
    | { required_providers?: Record<string, { version?: string } | undefined> }
    | undefined;
  return terraform?.required_providers?.[name]?.version;
}

/** Completes a provider's address with Terraform's default host and namespace. */
function fullAddress(source: string): string {
  const defaults = ["registry.terraform.io", "hashicorp"];
  const given = source.split("/");
  return [...defaults.slice(0, Math.max(0, 3 - given.length)), ...given].join("/");
}
