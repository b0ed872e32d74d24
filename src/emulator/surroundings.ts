/** What a pool has besides users, and what a change of a user may set off. */
export interface Surroundings {
  readonly webhooks: readonly Webhook[];
  readonly syncTasks: readonly SyncTask[];
  readonly pipelines: readonly Pipeline[];
  readonly identitySources: readonly IdentitySource[];
}

export interface Webhook {
  readonly name: string;
  readonly enabled: boolean;
  /** Such as `user:created`. */
  readonly events: readonly string[];
}

export interface SyncTask {
  readonly name: string;
  readonly flow: "upstream" | "downstream";
  readonly trigger: "manually" | "timed" | "automatic";
}

/** A function of the pool's own. */
export interface Pipeline {
  readonly name: string;
  /** Such as `PRE_REGISTER`. */
  readonly scene: string;
  readonly enabled: boolean;
}

/** A provider of identities, which users can be linked to. */
export interface IdentitySource {
  /** The `extIdpId` of its identities. */
  readonly id: string;
  /** The provider of its identities, such as `oidc`. */
  readonly type: string;
}

export const NO_SURROUNDINGS: Surroundings = {
  webhooks: [],
  syncTasks: [],
  pipelines: [],
  identitySources: [],
};
