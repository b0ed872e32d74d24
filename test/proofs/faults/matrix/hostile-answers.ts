import { seedUsers } from "../../../support/emulator";
import { FALSE_SUCCESS, OF_THIS_CALL, TEMPORARY, reads, type Expectations } from "./expectations";
import type { Fault } from "./faults";

/** A user who is in no set and in no call. */
const [stranger] = seedUsers(1, { prefix: "stranger" });

/** Answers that GenAuth would never send, each with HTTP 200 and JSON. */
export const HOSTILE_ANSWERS: readonly Fault[] = [
  answers("with a text as status", `{"statusCode":"200","data":[]}`, TEMPORARY),
  answers("with an infinite status", `{"statusCode":1e999,"data":[]}`, TEMPORARY),
  answers("with a list as envelope", `[200]`, TEMPORARY),
  answers(
    "with keys of every object",
    `{"__proto__":{"statusCode":200,"data":[]},"constructor":200}`,
    TEMPORARY,
  ),
  answers("200 without data", `{"statusCode":200}`, { ...reads(OF_THIS_CALL), ...FALSE_SUCCESS }),
  answers("200 with null as data", `{"statusCode":200,"data":null}`, {
    ...reads(OF_THIS_CALL),
    ...FALSE_SUCCESS,
  }),
  answers("200 with a text as data", `{"statusCode":200,"data":"success"}`, OF_THIS_CALL),
  answers("with users without an id", `{"statusCode":200,"data":[{"email":"a@x"},null,7]}`, OF_THIS_CALL),
  answers(
    "with users whose id is not a text",
    `{"statusCode":200,"data":[{"userId":{"toString":1}}]}`,
    OF_THIS_CALL,
  ),
  answers(
    "with users in a prototype",
    `{"statusCode":200,"data":[{"__proto__":{"userId":"a"}}]}`,
    OF_THIS_CALL,
  ),
  answers(
    "with a user that was not requested",
    JSON.stringify({ statusCode: 200, data: [stranger] }),
    OF_THIS_CALL,
  ),
  answers("with brackets 100,000 deep", `{"statusCode":200,"data":${nested(100_000)}}`, OF_THIS_CALL),
  answers(
    "with a message of escape sequences",
    `{"statusCode":422,"message":"\\u001b[2J\\u202e\\u0000"}`,
    OF_THIS_CALL,
  ),
];

function answers(what: string, body: string, expected: Expectations): Fault {
  const effect = { kind: "http", status: 200, body, contentType: "application/json" } as const;
  return { name: `answers ${what}`, effect, expected };
}

function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}
