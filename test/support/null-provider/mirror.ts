import { cpSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { newFolder } from "../at-end";
import { bundleProvider, goPlatform } from "../bundle-provider";
import { NULL_ADDRESSES, NULL_PROVIDER } from "./null-provider";

const VERSION = NULL_PROVIDER.null.version;

/**
 * The null provider without a registry: the real one from the filesystem mirror in `NULL_PROVIDER_MIRROR`, or else a
 * substitute.
 */
export class NullProviderMirror {
  /** Whether it is the substitute. */
  readonly isSubstitute: boolean;
  private readonly folder = newFolder();
  private readonly mirror = process.env.NULL_PROVIDER_MIRROR;

  /** @throws Error if `NULL_PROVIDER_MIRROR` is a folder without the provider */
  constructor() {
    const { mirror } = this;
    this.isSubstitute = mirror === undefined;
    if (mirror === undefined) {
      const program = join(this.folder, VERSION, goPlatform(), `terraform-provider-null_v${VERSION}`);
      mkdirSync(dirname(program), { recursive: true });
      bundleProvider(join(__dirname, "main.ts"), program);
    } else if (!NULL_ADDRESSES.some((address) => existsSync(join(mirror, address)))) {
      throw new Error(
        `NULL_PROVIDER_MIRROR is ${mirror}, which holds no ${NULL_ADDRESSES.join(" and no ")}.`,
      );
    }
  }

  /**
   * Installs the provider where `init` finds it without a registry.
   *
   * @param plugins the folder `terraform.d/plugins` beside a configuration, or `.terraform.d/plugins` in the home folder
   */
  install(plugins: string): void {
    for (const address of NULL_ADDRESSES) {
      const place = join(plugins, address);
      // Copied, because the engines do not follow links there.
      cpSync(this.sourceOf(address), place, { recursive: true, dereference: true });
    }
  }

  /** A mirror may have only one of the addresses, since both engines use the same program. */
  private sourceOf(address: string): string {
    const { mirror } = this;
    if (mirror === undefined) return this.folder;
    return resolve(
      mirror,
      [address, ...NULL_ADDRESSES].find((its) => existsSync(join(mirror, its))) ?? address,
    );
  }
}
