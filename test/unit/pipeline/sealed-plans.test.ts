import { createDecipheriv, scryptSync } from "node:crypto";
import { gunzipSync } from "node:zlib";
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

/** The parts of a sealed file, in the memory of the file: a change of a part changes the file. */
function partsOf(sealed: Buffer) {
  return {
    mark: sealed.subarray(0, 15),
    salt: sealed.subarray(15, 31),
    nonce: sealed.subarray(31, 43),
    tag: sealed.subarray(43, 59),
    encrypted: sealed.subarray(59),
  };
}

test("plans come out as they were sealed", () => {
  expect(unsealPlans(sealPlans(plans, KEY), KEY)).toEqual(plans);
});

test("after the mark of this form, sealed plans are encrypted with AES-256-GCM", () => {
  const { mark, salt, nonce, tag, encrypted } = partsOf(sealPlans(plans, KEY));
  expect(mark.toString()).toBe("genauth-plan-3\n");
  const decipher = createDecipheriv("aes-256-gcm", scryptSync(KEY, salt, 32), nonce).setAuthTag(tag);
  const decrypted = Buffer.concat([decipher.update(encrypted), decipher.final()]);
  expect(JSON.parse(gunzipSync(decrypted).toString())).toEqual(plans);
});

test("the same plans are sealed with a new salt and a new nonce each time", () => {
  const first = partsOf(sealPlans(plans, KEY));
  const second = partsOf(sealPlans(plans, KEY));
  expect(second.salt).not.toEqual(first.salt);
  expect(second.nonce).not.toEqual(first.nonce);
});

const REFUSAL = "The saved plan could not be decrypted.";

test.each(["mark", "salt", "nonce", "tag", "encrypted"] as const)(
  "sealed plans are refused if the first byte of the part %s was changed",
  (part) => {
    const file = sealPlans(plans, KEY);
    flipBit(partsOf(file)[part], 0);
    expect(() => unsealPlans(file, KEY)).toThrow(REFUSAL);
  },
);

test("sealed plans are refused if their last byte was changed, or is missing", () => {
  const sealed = sealPlans(plans, KEY);
  const changed = Buffer.from(sealed);
  flipBit(changed, changed.length - 1);
  expect(() => unsealPlans(changed, KEY)).toThrow(REFUSAL);
  expect(() => unsealPlans(sealed.subarray(0, -1), KEY)).toThrow(REFUSAL);
});

test("sealed plans are refused with another key", () => {
  expect(() => unsealPlans(sealPlans(plans, KEY), KEY.replace("0", "1"))).toThrow(REFUSAL);
});

test("a file that holds no sealed plans is refused", () => {
  expect(() => unsealPlans(Buffer.from("plan"), KEY)).toThrow(REFUSAL);
});

test.each([
  { given: "without a key", key: undefined },
  { given: "with an empty key", key: "" },
  { given: "with a key of 31 characters, one too few", key: KEY.slice(1) },
])("plans are not sealed $given", ({ key }) => {
  expect(() => sealPlans(plans, key)).toThrow("GENAUTH_PLAN_KEY must have at least 32 characters");
});

function flipBit(bytes: Buffer, at: number): void {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
}
