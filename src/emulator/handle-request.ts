import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
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
 * What a call gets: an answer of the API, or whatever a function writes to the raw response. `textOf` makes
 * the JSON text of an answer, with a request id, and notes the answer in the received call.
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
 * Answers one call: notes the request, checks its authorization and the rate limit, and answers as the hook
 * says.
 */
export async function answerCall(
  endpoint: Endpoint<EndpointName>,
  request: IncomingMessage,
  response: ServerResponse,
  context: RequestContext,
): Promise<void> {
  const parameters = await readParameters(endpoint, request);
  // Without a body to answer: the client has gone, or what it sent is no JSON.
  if (parameters === "gone") return;
  if (parameters === "no JSON") {
    send(response, JSON.stringify(refusal(400, "The body is not valid JSON.")));
    return;
  }
  const received = openCall(endpoint, request, parameters, context.callContext.now());
  context.receivedCalls.push(received);
  if (context.latencyMs > 0) await context.sleep(context.latencyMs);

  const refused = checkAdmission(endpoint, request, parameters, context);
  const given = refused ?? (await replyOf(context.hook, createCall(endpoint, parameters, received, context)));
  const textOf = (answer: Answer) => serialise(answer, received);
  if (typeof given === "function") await given(response, textOf);
  else send(response, textOf(given));
  if (response.headersSent) received.statusCode ??= response.statusCode;
}

/** Answers with the failure of a hook, so that nobody waits for an answer in vain. */
async function replyOf(hook: Hook, call: EmulatedCall): Promise<EmulatedReply> {
  try {
    return await hook(call);
  } catch (error) {
    return refusal(500, `The emulator failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readParameters(
  endpoint: Endpoint,
  request: IncomingMessage,
): Promise<Parameters | "gone" | "no JSON"> {
  if (endpoint.method === "GET") return queryParameters(urlOf(request).slice(pathOf(request).length + 1));
  let sent: string;
  try {
    sent = await readText(request);
  } catch {
    return "gone";
  }
  if (sent === "") return {};
  try {
    const body: unknown = JSON.parse(sent);
    return typeof body === "object" && body !== null ? { ...body } : {};
  } catch {
    return "no JSON";
  }
}

function openCall(
  endpoint: Endpoint,
  request: IncomingMessage,
  parameters: Parameters,
  at: number,
): OpenCall {
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
  request: IncomingMessage,
  parameters: Parameters,
  { authentication, limiter }: RequestContext,
): Answer | undefined {
  const { method = "", headers } = request;
  const { permission } = endpoint;
  const refused = authenticate(authentication, {
    method,
    path: pathOf(request),
    headers,
    parameters,
    permission,
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

function urlOf({ url = "" }: IncomingMessage): string {
  return url;
}

function pathOf(request: IncomingMessage): string {
  return urlOf(request).split("?", 1)[0] ?? "";
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
