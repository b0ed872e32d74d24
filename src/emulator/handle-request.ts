import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { authenticate, type Authentication, type RateLimiter } from "./admission";
import type { CallContext, Endpoint } from "./endpoints/endpoint";
import type { ServerClock } from "./clock";
import { answerCorrectly, applyEffect, type Effect, type Exchange, send } from "./effects";
import { type Answer, type Parameters, queryParameters, refusal } from "./answer";
import { isIdType, type PoolUser } from "./pool-user";
import { type FaultRule, type ObservedRequest, type Rules, runStep, type StepRule } from "./rules";

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
  /** The fault that was applied. */
  readonly fault?: Effect["kind"];
}

/** A received call whose answer is still being written. */
export type OpenCall = { -readonly [Key in keyof ReceivedCall]: ReceivedCall[Key] };

export interface RequestContext {
  readonly clock: ServerClock;
  readonly authentication: Authentication;
  readonly limiter: RateLimiter | undefined;
  readonly faults: Rules<FaultRule>;
  readonly steps: Rules<StepRule>;
  readonly callContext: Omit<CallContext, "tenantId" | "passesOver">;
  readonly receivedCalls: OpenCall[];
  readonly latencyMs: number;
  /** Waits. Never settles if the emulator closes. */
  sleep(ms: number): Promise<void>;
  /** Resets every connection and accepts none for some milliseconds. */
  goOffline(ms: number): Promise<void>;
}

/**
 * Creates the handler of one call: it notes the request, checks its authorization and the rate limit, runs the steps
 * that are due, and answers with the fault that is due, or as the API does. It writes to the raw response, because
 * faults need more freedom than a framework's reply gives.
 */
export function createHandler(endpoint: Endpoint, context: RequestContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.hijack();
    const parameters = readParameters(endpoint, request);
    const received = openCall(endpoint, request, parameters, context.clock.now());
    context.receivedCalls.push(received);
    if (context.latencyMs > 0) await context.sleep(context.latencyMs);

    const refused = checkAdmission(endpoint, request, parameters, context);
    if (refused) {
      send(reply.raw, 200, serialise(refused, received));
      return;
    }

    const callContext = {
      ...context.callContext,
      ...(received.tenantId !== undefined && { tenantId: received.tenantId }),
    };
    const exchange = createExchange(endpoint, parameters, callContext, received, reply.raw, context);
    const observed: ObservedRequest = {
      call: endpoint.name,
      ids: received.ids,
      userIdType: received.userIdType ?? "user_id",
      names: (user) => usersOf(received, callContext).includes(user),
    };
    const stepFailure = await runSteps(context, observed);
    if (stepFailure) {
      send(reply.raw, 200, serialise(stepFailure, received));
      return;
    }
    const rule = context.faults.takeFirst(observed);
    if (!rule) {
      answerCorrectly(exchange);
      return;
    }
    received.fault = rule.then.kind;
    await applyEffect(rule.then, rule.ids, exchange);
  };
}

/** Runs the steps that are due. Answers with the failure of a step, so that no test waits for an answer in vain. */
async function runSteps(
  { steps, callContext }: RequestContext,
  observed: ObservedRequest,
): Promise<Answer | undefined> {
  try {
    for (const step of steps.takeAll(observed)) await runStep(step, callContext.pool);
    return undefined;
  } catch (error) {
    return refusal(
      500,
      `A step of the emulator failed: ${error instanceof Error ? error.message : String(error)}`,
    );
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
  const refused = endpoint.open
    ? undefined
    : authenticate(authentication, {
        method,
        path: pathOf(request),
        headers,
        parameters,
        permission: endpoint.permission,
      });
  if (refused) return refused;
  return !limiter || limiter.admits() ? undefined : refusal(429, "Too many requests.");
}

function createExchange(
  endpoint: Endpoint,
  parameters: Parameters,
  callContext: Omit<CallContext, "passesOver">,
  received: OpenCall,
  response: ServerResponse,
  context: RequestContext,
): Exchange {
  return {
    carryOut: ({ passOver, showForMs } = {}) =>
      endpoint.run(parameters, {
        ...callContext,
        passesOver: createPassOver(passOver, callContext),
        ...(showForMs !== undefined && { showOldForMs: showForMs }),
      }),
    serialise: (answer) => serialise(answer, received),
    noteStatus: (status) => void (received.statusCode = status),
    response,
    sleep: (ms) => context.sleep(ms),
    goOffline: (ms) => context.goOffline(ms),
  };
}

function createPassOver(
  passOver: readonly string[] | "everybody" | undefined,
  { pool }: Pick<CallContext, "pool">,
): (user: PoolUser) => boolean {
  if (passOver === "everybody") return () => true;
  const users = new Set((passOver ?? []).flatMap((id) => pool.findByAnyId(id)));
  return (user) => users.has(user);
}

/** The users that a request names. */
function usersOf(
  { ids, userIdType = "user_id" }: OpenCall,
  { pool }: Pick<CallContext, "pool">,
): readonly PoolUser[] {
  return isIdType(userIdType) ? ids.flatMap((id) => pool.findAll(id, userIdType)) : [];
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
