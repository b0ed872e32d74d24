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

test("sealed plans are refused with another key, and if a byte was changed", () => {
  const sealed = sealPlans(plans, KEY);
  expect(() => unsealPlans(sealed, KEY.replace("0", "1"))).toThrow("could not be decrypted");
  for (let at = 0; at < sealed.length; at += 7) {
    const forged = Buffer.from(sealed);
    forged[at] = (forged[at] ?? 0) ^ 1;
    expect(() => unsealPlans(forged, KEY)).toThrow("could not be decrypted");
  }
  expect(() => unsealPlans(Buffer.from("plan"), KEY)).toThrow("could not be decrypted");
  for (const key of [undefined, "", "short"])
    expect(() => sealPlans(plans, key)).toThrow("GENAUTH_PLAN_KEY must have at least 32 characters");
});
