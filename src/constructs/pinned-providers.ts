import type { TerraformStack } from "cdktf";
import type { LockEntry } from "../install";
import { GenauthProvider } from "./generated/provider";

/**
 * The other providers of a stack that it asks for in one version only, as CDKTF's prebuilt and generated
 * bindings do. Ranges are for `init` to decide.
 */
export function pinnedProviders(stack: TerraformStack): LockEntry[] {
  return stack
    .allProviders()
    .filter((provider) => !(provider instanceof GenauthProvider))
    .flatMap((provider) => {
      const { providerVersion, providerVersionConstraint } = provider.terraformGeneratorMetadata ?? {};
      const version = /^(?:=\s*)?(\d+\.\d+\.\d+[\w.+-]*)$/.exec(
        providerVersion ?? providerVersionConstraint ?? "",
      )?.[1];
      const source = provider.terraformProviderSource ?? provider.terraformResourceType;
      return version === undefined ? [] : [{ address: fullAddress(source), version }];
    });
}

/** A provider's address with the host and namespace that Terraform takes where none is written. */
function fullAddress(source: string): string {
  const defaults = ["registry.terraform.io", "hashicorp"];
  const given = source.split("/");
  return [...defaults.slice(0, Math.max(0, 3 - given.length)), ...given].join("/");
}
