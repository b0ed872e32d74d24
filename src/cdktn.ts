/**
 * What a stack of CDK Terrain imports, or of another language: the same constructs, and HashiCorp's null
 * provider.
 */
export * from "./index";
export { NullProvider, type NullProviderConfig } from "./constructs/null-resource/null-provider";
