import * as z from "zod";
import type { Effect } from "./effects";
import { ENDPOINTS } from "./endpoints";
import { POOL_ID_TYPES } from "./pool-user";
import type { FaultRule } from "./rules";

const carriedOut = z.boolean().exactOptional();
const headers = z.record(z.string(), z.string()).exactOptional();
const status = z.number().int().min(100).max(999);
const milliseconds = z.number().min(0);

/** The fields of each fault; `Effect` says what they mean. */
const EFFECTS = {
  answer: z.strictObject({
    kind: z.literal("answer"),
    statusCode: status,
    apiCode: z.number().int().exactOptional(),
    message: z.string().exactOptional(),
    headers,
    carriedOut,
  }),
  http: z.strictObject({
    kind: z.literal("http"),
    status,
    body: z.string().exactOptional(),
    contentType: z.string().exactOptional(),
    headers,
    carriedOut,
  }),
  reset: z.strictObject({ kind: z.literal("reset"), after: z.boolean() }),
  hang: z.strictObject({ kind: z.literal("hang"), carriedOut }),
  late: z.strictObject({ kind: z.literal("late"), ms: milliseconds }),
  slow: z.strictObject({ kind: z.literal("slow"), ms: milliseconds }),
  drip: z.strictObject({ kind: z.literal("drip"), everyMs: milliseconds.exactOptional() }),
  successFalse: z.strictObject({ kind: z.literal("successFalse"), carriedOut }),
  lie: z.strictObject({ kind: z.literal("lie") }),
  omit: z.strictObject({ kind: z.literal("omit") }),
  truncated: z.strictObject({ kind: z.literal("truncated"), carriedOut }),
  emptyBody: z.strictObject({ kind: z.literal("emptyBody"), carriedOut }),
  wrongContentType: z.strictObject({ kind: z.literal("wrongContentType") }),
  hugeBody: z.strictObject({
    kind: z.literal("hugeBody"),
    bytes: z.number().int().min(2).max(100_000_000),
    carriedOut,
  }),
  outage: z.strictObject({ kind: z.literal("outage"), ms: milliseconds }),
  redirect: z.strictObject({
    kind: z.literal("redirect"),
    location: z.string(),
    status: status.exactOptional(),
  }),
} satisfies { readonly [Kind in Effect["kind"]]: z.ZodType<Extract<Effect, { kind: Kind }>> };

/** The kinds of faults. */
export const FAULT_KINDS = Object.keys(EFFECTS) as readonly Effect["kind"][];

const { answer, ...others } = EFFECTS;
const EffectSchema = z.discriminatedUnion("kind", [answer, ...Object.values(others)]);

const call = z.enum(ENDPOINTS.map(({ name }) => name));
const count = z.number().int().min(1);

/** Checks a fault from outside, such as a command line. */
export const FaultRuleSchema: z.ZodType<FaultRule> = z.strictObject({
  on: z.union([call, z.array(call)]).exactOptional(),
  ids: z.array(z.string()).exactOptional(),
  userIdType: z.enum(POOL_ID_TYPES).exactOptional(),
  nth: z.union([count, z.array(count)]).exactOptional(),
  times: count.exactOptional(),
  forMs: milliseconds.exactOptional(),
  then: EffectSchema,
});
