import type { ISynthesisSession, IStackSynthesizer, TerraformStack } from "cdktf";
import { join } from "node:path";

/** Lays files in a stack's folder. Asked for twice with the same function, they are laid once. */
export type LayFiles = (folder: string, stack: TerraformStack) => void;

/** Lays what Terraform needs beside `cdk.tf.json`, once that is written there. */
export class StackFiles implements IStackSynthesizer {
  /** Sees to it that the stack's synthesis lays these files; asking again changes nothing. */
  public static add(stack: TerraformStack, lay: LayFiles): void {
    const files =
      stack.synthesizer instanceof StackFiles ? stack.synthesizer : new StackFiles(stack, stack.synthesizer);
    files.layers.add(lay);
    stack.synthesizer = files;
  }

  private readonly layers = new Set<LayFiles>();

  private constructor(
    private readonly stack: TerraformStack,
    private readonly inner: IStackSynthesizer,
  ) {}

  public synthesize(session: ISynthesisSession): void {
    this.inner.synthesize(session);
    const { workingDirectory } = session.manifest.forStack(this.stack);
    for (const lay of this.layers) lay(join(session.outdir, workingDirectory), this.stack);
  }
}
