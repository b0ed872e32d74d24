import { describe, expect, test } from "@jest/globals";
import { fillModel, UNKNOWN } from "../../../src/plugin";
import { protectedIds } from "../../../src/provider/configure";
import { providerSchema } from "../../../src/provider/provider-schema";
import { readProviderSettings } from "../../../src/provider/configure";
import { DEFAULT_HOST } from "../../../src/operator";

const empty = fillModel(providerSchema);
const key = { GENAUTH_ACCESS_KEY_ID: "id", GENAUTH_ACCESS_KEY_SECRET: "secret" };

describe("settings", () => {
  test("have the documented defaults", () => {
    expect(readProviderSettings(empty, key)).toEqual({
      settings: {
        host: DEFAULT_HOST,
        accessKeyId: "id",
        accessKeySecret: "secret",
        requestsPerSecond: 75,
        parallelism: 8,
        timeoutSeconds: 30,
        maxAttempts: 6,
        confirmSeconds: 15,
      },
      diagnostics: [],
    });
  });

  test("come from the environment if the configuration does not set them", () => {
    const environment = {
      ...key,
      GENAUTH_HOST: "https://genauth.example",
      GENAUTH_TENANT_ID: "tenant",
      GENAUTH_REQUESTS_PER_SECOND: "10",
      GENAUTH_PARALLELISM: "2",
      GENAUTH_TIMEOUT_SECONDS: "1.5",
      GENAUTH_MAX_ATTEMPTS: "3",
      GENAUTH_CONFIRM_SECONDS: "0",
    };
    expect(readProviderSettings(empty, environment).settings).toMatchObject({
      host: "https://genauth.example",
      tenantId: "tenant",
      requestsPerSecond: 10,
      parallelism: 2,
      timeoutSeconds: 1.5,
      maxAttempts: 3,
      confirmSeconds: 0,
    });
    const config = { ...empty, host: "https://other.example", parallelism: 4, access_key_secret: "its own" };
    expect(readProviderSettings(config, environment).settings).toMatchObject({
      host: "https://other.example",
      parallelism: 4,
      accessKeySecret: "its own",
    });
  });

  test.each(["access_key_id", "access_key_secret"] as const)(
    "without %s, the error names both ways to set it",
    (name) => {
      const variable = `GENAUTH_${name.toUpperCase()}`;
      const { settings, diagnostics } = readProviderSettings(empty, { ...key, [variable]: "" });
      expect(settings).toBeUndefined();
      expect(diagnostics).toMatchObject([{ severity: "error", path: [{ attribute: name }] }]);
      expect(diagnostics[0]?.detail).toContain(variable);
      expect(diagnostics[0]?.detail).toContain(`in the provider block, ${name}`);
    },
  );

  test("are absent while a value is unknown, without an error", () => {
    expect(readProviderSettings({ ...empty, host: UNKNOWN }, key)).toEqual({ diagnostics: [] });
    expect(
      readProviderSettings({ ...empty, access_key_secret: UNKNOWN }, { GENAUTH_ACCESS_KEY_ID: "id" }),
    ).toEqual({ diagnostics: [] });
  });

  test("the deletion record's folder comes from both, the operator's first, and an empty one is an error", () => {
    const environment = { ...key, GENAUTH_DELETION_RECORD: "records" };
    expect(readProviderSettings(empty, environment).settings).toMatchObject({ deletionRecord: "records" });
    const own = { ...empty, deletion_record: "own" };
    expect(readProviderSettings(own, key)).toMatchObject({
      settings: { deletionRecord: "own" },
      diagnostics: [],
    });
    expect(readProviderSettings(own, environment)).toMatchObject({
      settings: { deletionRecord: "records" },
      diagnostics: [{ severity: "warning", path: [{ attribute: "deletion_record" }] }],
    });
    const same = { ...empty, deletion_record: "./records" };
    expect(readProviderSettings(same, environment).diagnostics).toEqual([]);
    expect(readProviderSettings({ ...empty, deletion_record: "" }, environment)).toMatchObject({
      diagnostics: [{ summary: "Empty deletion_record", path: [{ attribute: "deletion_record" }] }],
    });
  });

  test("a variable that is not a number is an error that names it", () => {
    const { diagnostics } = readProviderSettings(empty, { ...key, GENAUTH_PARALLELISM: "many" });
    expect(diagnostics).toMatchObject([
      {
        severity: "error",
        summary: "Invalid GENAUTH_PARALLELISM",
        detail: 'GENAUTH_PARALLELISM is "many". parallelism must be a whole number from 1 to 256.',
      },
    ]);
  });
});

describe("protected users", () => {
  test("are read by id type", () => {
    const value = new Map([["email", ["ada@example.com"]]]);
    expect(protectedIds(value)).toEqual({ ids: value, complete: true });
    expect(protectedIds(null)).toEqual({ ids: new Map(), complete: true });
  });

  test("are incomplete while any of them is unknown", () => {
    expect(protectedIds(UNKNOWN).complete).toBe(false);
    expect(protectedIds(new Map([["email", UNKNOWN]]))).toEqual({ ids: new Map(), complete: false });
    expect(protectedIds(new Map([["email", ["ada@example.com", UNKNOWN]]]))).toEqual({
      ids: new Map([["email", ["ada@example.com"]]]),
      complete: false,
    });
  });
});
