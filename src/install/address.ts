/**
 * Where Terraform and OpenTofu look the provider up. The host does not exist: the name is only for the file
 * that is laid beside the configuration, so no registry is ever asked for it.
 */
export const PROVIDER_ADDRESS = "terraform.local/genauth/genauth";

/** Operating system and processor as Terraform names its folders. */
export const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"] as const;
