/** Why a plan must not be applied. It names no user: addresses are without instance keys. */
export interface PlanFault {
  /** One line, without a full stop. */
  readonly summary: string;
  /** What to do. */
  readonly detail: string;
}

/** Something in a plan that nobody allowed. */
export interface PlanFinding {
  /** Where it is, such as `module.a.data.external.x`. */
  readonly address: string;
  /** What it is, such as `the data source external`. */
  readonly what: string;
  /** What an owner would allow, such as `data=external`; absent if it is wrong in itself. */
  readonly permission?: string;
}
