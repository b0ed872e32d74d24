import type { ISynthesisSession, IStackSynthesizer, TerraformStack } from "cdktf";
import { join } from "node:path";
import { installProvider } from "../install";
import { pinnedProviders } from "./pinned-providers";

/** Lays the provider's file and its lock entry in the stack's folder, once `cdk.tf.json` is written there. */
export class PluginSynthesizer implements IStackSynthesizer {
  /** Sees to it that the stack's synthesis lays the provider; asking again changes nothing. */
  public static wrap(stack: TerraformStack): void {
    if (stack.synthesizer instanceof PluginSynthesizer) return;
    stack.synthesizer = new PluginSynthesizer(stack, stack.synthesizer);
  }

  private constructor(
    private readonly stack: TerraformStack,
    private readonly inner: IStackSynthesizer,
  ) {}

  public synthesize(session: ISynthesisSession): void {
    this.inner.synthesize(session);
    const { workingDirectory } = session.manifest.forStack(this.stack);
    installProvider({ dir: join(session.outdir, workingDirectory), pinned: pinnedProviders(this.stack) });
  }
}
