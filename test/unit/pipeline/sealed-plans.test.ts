import { expect, test } from "@jest/globals";
import { sealPlans, type SealedPlans, unsealPlans } from "../../../src/pipeline/sealed-plans";

const KEY = "0123456789abcdef0123456789abcdef";
const plans: SealedPlans = {
  commit: "c".repeat(40),
  stacks_sha256: "0".repeat(64),
  why: { ticket: "HR-7" },
  causes: [],
  approvals: 1,
  protect: ["bo@example.com"],
  apply: [
    {
      name: "staff",
      plan: "AAAA",
      plan_json: "ada@example.com",
      report_sha256: "1".repeat(64),
    },
  ],
  refused: ["guests"],
};

test("sealed plans name nobody, are never the same twice, and are what was sealed", () => {
  const sealed = sealPlans(plans, KEY);
  expect(sealed.includes("ada@example.com")).toBe(false);
  expect(sealPlans(plans, KEY).equals(sealed)).toBe(false);
  expect(unsealPlans(sealed, KEY)).toEqual(plans);
});

const REFUSAL = "The saved plan could not be decrypted.";

/** Where each part of a sealed file begins, in bytes; src/pipeline/sealed-plans.ts has their order. */
const PARTS = [
  { part: "mark", at: 0 },
  { part: "salt", at: 15 },
  { part: "nonce", at: 31 },
  { part: "tag", at: 43 },
  { part: "encrypted text", at: 59 },
];

test.each(PARTS)("sealed plans are refused if a byte of the $part was changed", ({ at }) => {
  const forged = sealPlans(plans, KEY);
  forged[at] = (forged[at] ?? 0) ^ 1;
  expect(() => unsealPlans(forged, KEY)).toThrow(REFUSAL);
});

test("sealed plans are refused if their last byte was changed, or is missing", () => {
  const sealed = sealPlans(plans, KEY);
  const forged = Buffer.from(sealed);
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
  expect(() => unsealPlans(forged, KEY)).toThrow(REFUSAL);
  expect(() => unsealPlans(sealed.subarray(0, -1), KEY)).toThrow(REFUSAL);
});

test("sealed plans are refused with another key, and a file that is none is, too", () => {
  expect(() => unsealPlans(sealPlans(plans, KEY), KEY.replace("0", "1"))).toThrow(REFUSAL);
  expect(() => unsealPlans(Buffer.from("plan"), KEY)).toThrow(REFUSAL);
});

test.each([undefined, "", "short"])("nothing is sealed with the key %p", (key) => {
  expect(() => sealPlans(plans, key)).toThrow("GENAUTH_PLAN_KEY must have at least 32 characters");
});
