import type { Reply } from "../api";

/** What becomes of a request at the guard's socket. */
export type Ruling =
  /** GenAuth's answer, or why there is none. */
  | { readonly kind: "sent"; readonly reply: Reply }
  | Refused
  | LeftUndecided
  /** Not sent, because the client has gone. */
  | { readonly kind: "abandoned" };

/** Not sent, because a rule forbids it. `all`: every request of this client is refused. */
export interface Refused {
  readonly kind: "refused";
  readonly reason: string;
  readonly all?: true;
}

/** Not sent, because the guard could not find out who it is about, or not in time. */
export interface LeftUndecided {
  readonly kind: "undecided";
  readonly reason: string;
}

export function refuse(reason: string): Refused {
  return { kind: "refused", reason };
}

/** Refuses every request of a client. */
export function refuseAll(reason: string): Refused {
  return { kind: "refused", reason, all: true };
}

export function leaveUndecided(reason: string): LeftUndecided {
  return { kind: "undecided", reason };
}

/** Of a request that an error of this program or of the client ended. */
export function failed(cause: unknown): LeftUndecided {
  return leaveUndecided(cause instanceof Error ? cause.message : String(cause));
}
