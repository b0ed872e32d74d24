import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { GenAuthProviderConfig } from "./genauth-provider-config";
import { GenauthProvider } from "./generated/provider";
import { PluginSynthesizer } from "./plugin-synthesizer";

/**
 * The connection to GenAuth that a stack's user sets use. At synth it lays the provider's file in the stack's folder, so that
 * nothing but `npm install` is needed, and adds everybody whom the stack's sets declare to `protectedUsers`.
 *
 * @example new GenAuthProvider(this, "genauth", {}); // credentials from the environment
 */
export class GenAuthProvider extends GenauthProvider {
  public constructor(scope: Construct, id: string, config: GenAuthProviderConfig = {}) {
    super(scope, id, config);
    PluginSynthesizer.wrap(TerraformStack.of(this));
  }
}
