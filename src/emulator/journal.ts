import type { Effect } from "./faults";

/** A request that the emulator received, and how it was answered. */
export interface ReceivedCall {
  /** `GET` or `POST`. */
  readonly method: string;
  /** Such as `/api/v3/delete-users-batch`. */
  readonly path: string;
  /** The ids that named users, in the request's order. */
  readonly ids: readonly string[];
  /** The id type as it was sent; absent where the request left it to the default. */
  readonly userIdType?: string;
  /** The tenant that the call acted in. */
  readonly tenantId?: string;
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
  /** `statusCode` of the answer's body, or the HTTP status where the body had none; absent without an answer. */
  readonly statusCode?: number;
  readonly apiCode?: number;
  readonly requestId?: string;
  /** The fault that was applied. */
  readonly fault?: Effect["kind"];
}

/** A record that is still being filled. */
export type OpenRecord = { -readonly [Key in keyof ReceivedCall]: ReceivedCall[Key] };
