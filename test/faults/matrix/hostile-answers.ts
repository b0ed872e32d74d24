import { seedUsers } from "../../../src/emulator";
import { LIE, OF_THIS_CALL, PASSING, reads, type Expectations } from "./expectations";
import type { Fault } from "./faults";

/** Somebody who is in no set and whom no call asks for. */
const [stranger] = seedUsers(1, { prefix: "stranger" });

/** A server that answers what no server of GenAuth's would; HTTP 200 and JSON each time. */
export const HOSTILE_ANSWERS: readonly Fault[] = [
  answers("text for a status", `{"statusCode":"200","data":[]}`, PASSING),
  answers("a status beyond all numbers", `{"statusCode":1e999,"data":[]}`, PASSING),
  answers("a list for an envelope", `[200]`, PASSING),
  answers("keys of every object", `{"__proto__":{"statusCode":200,"data":[]},"constructor":200}`, PASSING),
  answers("200 and no data", `{"statusCode":200}`, { ...reads(OF_THIS_CALL), ...LIE }),
  answers("200 and null for data", `{"statusCode":200,"data":null}`, { ...reads(OF_THIS_CALL), ...LIE }),
  answers("200 and text for data", `{"statusCode":200,"data":"success"}`, OF_THIS_CALL),
  answers("users without an id", `{"statusCode":200,"data":[{"email":"a@x"},null,7]}`, OF_THIS_CALL),
  answers("users whose id is no text", `{"statusCode":200,"data":[{"userId":{"toString":1}}]}`, OF_THIS_CALL),
  answers(
    "users by their prototype",
    `{"statusCode":200,"data":[{"__proto__":{"userId":"a"}}]}`,
    OF_THIS_CALL,
  ),
  answers("a user nobody asked for", JSON.stringify({ statusCode: 200, data: [stranger] }), OF_THIS_CALL),
  answers("brackets 100,000 deep", `{"statusCode":200,"data":${nested(100_000)}}`, OF_THIS_CALL),
  answers("a message of escapes", `{"statusCode":422,"message":"\\u001b[2J\\u202e\\u0000"}`, OF_THIS_CALL),
];

function answers(what: string, body: string, expected: Expectations): Fault {
  const effect = { kind: "http", status: 200, body, contentType: "application/json" } as const;
  return { name: `answers ${what}`, effect, expected };
}

function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}
