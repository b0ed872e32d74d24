import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { authenticate, type Authentication, type RateLimiter } from "./admission";
import { type Answer, type Parameters, queryParameters, refusal } from "./answer";
import type { EndpointName } from "./endpoints";
import type { CallContext, Endpoint } from "./endpoints/endpoint";
import type { EmulatedUserPool } from "./pool";
import { isIdType, type PoolUser } from "./pool-user";

/** A request that the emulator received, and how it was answered. */
export interface ReceivedCall {
  /** `GET` or `POST`. */
  readonly method: string;
  /** Such as `/api/v3/delete-users-batch`. */
  readonly path: string;
  /** The ids that named users, in the request's order. */
  readonly ids: readonly string[];
  /** The id type as sent; absent if the request left it to the default. */
  readonly userIdType?: string;
  /** The tenant of the call. */
  readonly tenantId?: string;
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
  /** `statusCode` of the answer's body, or the HTTP status if the body had none; absent without an answer. */
  readonly statusCode?: number;
  readonly apiCode?: number;
  readonly requestId?: string;
}

/** A received call whose answer is still being written. */
export type OpenCall = { -readonly [Key in keyof ReceivedCall]: ReceivedCall[Key] };

/** A call that was admitted, and the means to answer it. */
export interface EmulatedCall {
  readonly name: EndpointName;
  readonly parameters: Parameters;
  /** The ids that name users, in the request's order. */
  readonly ids: readonly string[];
  readonly userIdType: string;
  /** The tenant, if the call is for one. */
  readonly tenantId: string | undefined;
  readonly pool: EmulatedUserPool;
  /** The server's time, in milliseconds since 1970. */
  readonly now: () => number;
  /** The users that the ids name now. */
  readonly users: () => readonly PoolUser[];
  /** Carries the call out as the API does, with other parameters or for another tenant if they are given. */
  readonly carryOut: (others?: Partial<Pick<EmulatedCall, "parameters" | "tenantId">>) => Answer;
  /** Waits. Never settles if the emulator closes. */
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * What a call gets: an answer of the API, or whatever a function writes to the raw response. `textOf` makes the JSON text
 * of an answer, with a request id, and notes the answer in the received call.
 */
export type EmulatedReply =
  | Answer
  | ((response: ServerResponse, textOf: (answer: Answer) => string) => void | Promise<void>);

/** Stands between a call and its answer: the calls of another service, or of one that fails. */
export type Hook = (call: EmulatedCall) => EmulatedReply | Promise<EmulatedReply>;

export interface RequestContext {
  readonly authentication: Authentication;
  readonly limiter: RateLimiter | undefined;
  readonly hook: Hook;
  readonly callContext: Omit<CallContext, "tenantId">;
  readonly receivedCalls: OpenCall[];
  readonly latencyMs: number;
  /** Waits. Never settles if the emulator closes. */
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Creates the handler of one call: it notes the request, checks its authorization and the rate limit, and answers as the
 * hook says. It writes to the raw response, because a hook needs more freedom than a framework's reply gives.
 */
export function createHandler(endpoint: Endpoint<EndpointName>, context: RequestContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.hijack();
    const parameters = readParameters(endpoint, request);
    const received = openCall(endpoint, request, parameters, context.callContext.now());
    context.receivedCalls.push(received);
    if (context.latencyMs > 0) await context.sleep(context.latencyMs);

    const refused = checkAdmission(endpoint, request, parameters, context);
    const given =
      refused ?? (await replyOf(context.hook, createCall(endpoint, parameters, received, context)));
    const textOf = (answer: Answer) => serialise(answer, received);
    if (typeof given === "function") await given(reply.raw, textOf);
    else send(reply.raw, textOf(given));
    if (reply.raw.headersSent) received.statusCode ??= reply.raw.statusCode;
  };
}

/** Answers with the failure of a hook, so that nobody waits for an answer in vain. */
async function replyOf(hook: Hook, call: EmulatedCall): Promise<EmulatedReply> {
  try {
    return await hook(call);
  } catch (error) {
    return refusal(500, `The emulator failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readParameters(endpoint: Endpoint, request: FastifyRequest): Parameters {
  if (endpoint.method === "GET") return queryParameters(request.url.slice(pathOf(request).length + 1));
  const { body } = request;
  return typeof body === "object" && body !== null ? { ...body } : {};
}

function openCall(endpoint: Endpoint, request: FastifyRequest, parameters: Parameters, at: number): OpenCall {
  const { userIdType = (parameters["options"] as Parameters | undefined)?.["userIdType"] } = parameters;
  const tenantId = request.headers["x-authing-app-id"];
  return {
    method: endpoint.method,
    path: pathOf(request),
    ids: endpoint.subjects?.(parameters) ?? [],
    ...(typeof userIdType === "string" && { userIdType }),
    ...(typeof tenantId === "string" && { tenantId }),
    at,
  };
}

function checkAdmission(
  endpoint: Endpoint,
  request: FastifyRequest,
  parameters: Parameters,
  { authentication, limiter }: RequestContext,
): Answer | undefined {
  const { method, headers } = request;
  const { permission } = endpoint;
  const refused = authenticate(authentication, {
    ...{ method, path: pathOf(request), headers, parameters, permission },
  });
  return refused ?? (!limiter || limiter.admits() ? undefined : refusal(429, "Too many requests."));
}

function createCall(
  endpoint: Endpoint<EndpointName>,
  parameters: Parameters,
  { ids, userIdType = "user_id", tenantId }: OpenCall,
  { callContext, sleep }: RequestContext,
): EmulatedCall {
  const { pool, now } = callContext;
  return {
    name: endpoint.name,
    parameters,
    ids,
    userIdType,
    tenantId,
    pool,
    now,
    users: () => (isIdType(userIdType) ? ids.flatMap((id) => pool.findAll(id, userIdType)) : []),
    carryOut: (others) => {
      const given = { parameters, tenantId, ...others };
      return endpoint.run(given.parameters, { ...callContext, tenantId: given.tenantId });
    },
    sleep,
  };
}

function serialise(answer: Answer, received: OpenCall): string {
  const envelope = { ...answer, requestId: randomUUID() };
  received.statusCode = envelope.statusCode;
  received.requestId = envelope.requestId;
  if (envelope.apiCode !== undefined) received.apiCode = envelope.apiCode;
  return JSON.stringify(envelope);
}

function pathOf(request: FastifyRequest): string {
  return request.url.split("?", 1)[0] ?? request.url;
}

interface HttpAnswer {
  readonly status?: number;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Writes an answer; default HTTP 200 with JSON. */
export function send(
  response: ServerResponse,
  body: string,
  { status = 200, contentType = "application/json; charset=utf-8", headers = {} }: HttpAnswer = {},
): void {
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
