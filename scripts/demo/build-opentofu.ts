import type { Child } from "../../test/support/engine/child";
import { onPath } from "../../test/support/engine/engine";
import { buildFromModule } from "../../test/support/engine/go-module";
import { OPENTOFU, cachedOpenTofu } from "../../test/support/engine/opentofu-cache";

/** The error if there is neither an engine nor Go. */
export const NO_ENGINE =
  "Neither OpenTofu nor Terraform is on the PATH, and there is no Go to build OpenTofu with. " +
  "Install OpenTofu (https://opentofu.org/docs/intro/install), or Go 1.21 or later (https://go.dev/doc/install), " +
  "and run this again.";

/**
 * Builds the pinned OpenTofu from source, into the cache folder where `findEngine` finds it. Takes several minutes and needs
 * the network.
 *
 * @param onStart called with each process, so that the caller can end it
 * @throws Error that says what to do, if Go is missing or a step fails
 */
export async function buildOpenTofu(onStart: (child: Child) => void): Promise<void> {
  const go = onPath("go");
  if (go === undefined) throw new Error(NO_ENGINE);
  try {
    await buildFromModule(OPENTOFU, cachedOpenTofu(), { go, onStart });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${reason}\nInstall OpenTofu (https://opentofu.org/docs/intro/install) and run this again.`,
      { cause },
    );
  }
}
