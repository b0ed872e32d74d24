import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Answer } from "./answer";
import { refusal } from "./answer";
import { authenticate } from "./authentication";
import type { Gate } from "./authentication";
import type { Call, Scene } from "./calls/call";
import { answerRightly, play } from "./effects";
import { send } from "./exchange";
import type { Exchange } from "./exchange";
import type { FaultRule, Rules, Suspect } from "./faults";
import type { OpenRecord } from "./journal";
import { queryParameters } from "./parameters";
import type { Parameters } from "./parameters";
import { isIdType } from "./pool-user";
import type { PoolUser } from "./pool-user";
import type { RateLimiter } from "./rate-limit";
import { runStep } from "./steps";
import type { StepRule } from "./steps";

/** What all requests share. */
export interface Desk {
  readonly gate: Gate;
  readonly limiter: RateLimiter | undefined;
  readonly faults: Rules<FaultRule>;
  readonly steps: Rules<StepRule>;
  readonly scene: Omit<Scene, "tenantId" | "passesOver">;
  readonly journal: OpenRecord[];
  readonly latencyMs: number;
  /** Waits, or never comes back when the emulator closes. */
  sleep(ms: number): Promise<void>;
  /** Resets every connection and takes none for that many milliseconds. */
  goAway(ms: number): Promise<void>;
}

/**
 * Answers the requests of one call: note it, check who asks and how often, play the fault that is due, or carry
 * the call out. Writes to the raw response, since faults need more freedom than a framework's reply gives.
 */
export function handlerOf(call: Call, desk: Desk) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.hijack();
    const parameters = parametersOf(call, request);
    const record = recordOf(call, request, parameters, desk.gate.now());
    desk.journal.push(record);
    if (desk.latencyMs > 0) await desk.sleep(desk.latencyMs);

    const refused = refusalAtTheGate(call, request, parameters, desk);
    if (refused) {
      send(reply.raw, 200, serialise(refused, record));
      return;
    }

    const scene = { ...desk.scene, ...(record.tenantId !== undefined && { tenantId: record.tenantId }) };
    const exchange = exchangeOf(call, parameters, scene, record, reply.raw, desk);
    const suspect: Suspect = {
      call: call.name,
      ids: record.ids,
      userIdType: record.userIdType ?? "user_id",
      names: (user) => named(record, scene).includes(user),
    };
    const stepFailure = await runSteps(desk, suspect);
    if (stepFailure) {
      send(reply.raw, 200, serialise(stepFailure, record));
      return;
    }
    const rule = desk.faults.takeFirst(suspect);
    if (!rule) {
      answerRightly(exchange);
      return;
    }
    record.fault = rule.then.kind;
    await play(rule, exchange);
  };
}

/** Runs the steps that are due, or says why one cannot be run: a test must not wait for an answer that never comes. */
async function runSteps({ steps, scene }: Desk, suspect: Suspect): Promise<Answer | undefined> {
  try {
    for (const step of steps.takeAll(suspect)) await runStep(step, scene.pool);
    return undefined;
  } catch (error) {
    return refusal(
      500,
      `A step of the emulator failed: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function parametersOf(call: Call, request: FastifyRequest): Parameters {
  if (call.method === "GET") return queryParameters(request.url.slice(pathOf(request).length + 1));
  const { body } = request;
  return typeof body === "object" && body !== null ? { ...body } : {};
}

function recordOf(call: Call, request: FastifyRequest, parameters: Parameters, at: number): OpenRecord {
  const { userIdType = (parameters["options"] as Parameters | undefined)?.["userIdType"] } = parameters;
  const tenantId = request.headers["x-authing-app-id"];
  return {
    method: call.method,
    path: pathOf(request),
    ids: call.subjects?.(parameters) ?? [],
    ...(typeof userIdType === "string" && { userIdType }),
    ...(typeof tenantId === "string" && { tenantId }),
    at,
  };
}

function refusalAtTheGate(
  call: Call,
  request: FastifyRequest,
  parameters: Parameters,
  { gate, limiter }: Desk,
): Answer | undefined {
  const { method, headers } = request;
  const refused = call.open
    ? undefined
    : authenticate(gate, { method, path: pathOf(request), headers, parameters });
  if (refused) return refused;
  return !limiter || limiter.admits() ? undefined : refusal(429, "Too many requests.");
}

function exchangeOf(
  call: Call,
  parameters: Parameters,
  scene: Omit<Scene, "passesOver">,
  record: OpenRecord,
  response: ServerResponse,
  desk: Desk,
): Exchange {
  return {
    carryOut: ({ passOver, showForMs } = {}) =>
      call.run(parameters, {
        ...scene,
        passesOver: passer(passOver, scene),
        ...(showForMs !== undefined && { showDeletedForMs: showForMs }),
      }),
    serialise: (answer) => serialise(answer, record),
    noteStatus: (status) => void (record.statusCode = status),
    response,
    sleep: (ms) => desk.sleep(ms),
    goAway: (ms) => desk.goAway(ms),
  };
}

function passer(
  passOver: FaultRule["ids"] | "everybody",
  { pool }: Pick<Scene, "pool">,
): (user: PoolUser) => boolean {
  if (passOver === "everybody") return () => true;
  const users = new Set((passOver ?? []).flatMap((id) => pool.findByAnyId(id)));
  return (user) => users.has(user);
}

/** The users that a request names. */
function named(
  { ids, userIdType = "user_id" }: OpenRecord,
  { pool }: Pick<Scene, "pool">,
): readonly PoolUser[] {
  return isIdType(userIdType) ? ids.flatMap((id) => pool.findAll(id, userIdType)) : [];
}

function serialise(answer: Answer, record: OpenRecord): string {
  const envelope = { ...answer, requestId: randomUUID() };
  record.statusCode = envelope.statusCode;
  record.requestId = envelope.requestId;
  if (envelope.apiCode !== undefined) record.apiCode = envelope.apiCode;
  return JSON.stringify(envelope);
}

function pathOf(request: FastifyRequest): string {
  return request.url.split("?", 1)[0] ?? request.url;
}
