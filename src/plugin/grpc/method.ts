/** One message in, one out. What it throws ends the call: a StatusError as it says, anything else as internal. */
export interface UnaryMethod {
  answer(request: Uint8Array): Promise<Uint8Array>;
}

/** A call that stays open until the client or the server goes. */
export interface OpenMethod {
  /** Called with each message of the client. What it throws ends the call. */
  receive(message: Uint8Array, send: (message: Uint8Array) => void): void;
}

export type Method = UnaryMethod | OpenMethod;

/** What answers the calls, by path, such as `/grpc.health.v1.Health/Check`. */
export type Methods = ReadonlyMap<string, Method>;
