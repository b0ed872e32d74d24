/** What carries a user set in Terraform. Both run the same rules about who is deleted. */
export enum Engine {
  /**
   * The `genauth` provider, laid beside the stack at synth: the plan names who would be deleted, and refresh sees
   * drift.
   */
  PROVIDER = "provider",
  /**
   * A `null_resource` of HashiCorp's null provider, for teams that may install no other; see the limits at `engine`.
   */
  NULL_RESOURCE = "null_resource",
}
