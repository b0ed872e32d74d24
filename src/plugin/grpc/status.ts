/** How a call ended, by gRPC's numbers. */
export const STATUS = {
  ok: 0,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
} as const;

/** One of the numbers above. */
export type Status = (typeof STATUS)[keyof typeof STATUS];

/** Why a call failed, for the client to read. */
export class StatusError extends Error {
  readonly status: Status;

  constructor(status: Status, message: string) {
    super(message);
    this.name = "StatusError";
    this.status = status;
  }
}

/** What a client is told of whatever was thrown. */
export function statusErrorOf(thrown: unknown): StatusError {
  return thrown instanceof StatusError ? thrown : new StatusError(STATUS.internal, String(thrown));
}
