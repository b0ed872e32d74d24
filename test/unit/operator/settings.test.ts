import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { OptionError } from "../../../src/api";
import {
  DEFAULT_HOST,
  describeRefusal,
  type GivenSettings,
  readOperatorLimits,
  resolveSettings,
} from "../../../src/operator";
import { UserIdType } from "../../../src/users";

const key = { GENAUTH_ACCESS_KEY_ID: "id", GENAUTH_ACCESS_KEY_SECRET: "s3cr3t" };

function warnings(environment: NodeJS.ProcessEnv, given: GivenSettings = {}): string[] {
  return resolveSettings(given, environment).warnings.map(({ summary, detail }) => `${summary}. ${detail}`);
}

describe("a variable that nobody reads", () => {
  test.each([
    ["GENAUTH_MAX_DELETION", "GENAUTH_MAX_DELETIONS"],
    ["GENAUTH_MAXDELETIONS", "GENAUTH_MAX_DELETIONS"],
    ["GENAUTH_DELETIONS_MAX", "GENAUTH_MAX_DELETIONS"],
    ["genauth_max_deletions", "GENAUTH_MAX_DELETIONS"],
    ["GENAUTH_ALLOWED_HOST", "GENAUTH_ALLOWED_HOSTS"],
    ["GENAUTH_PROTECTED_FILE", "GENAUTH_PROTECTED_USERS_FILE"],
    ["GENAUTH_DELETIONS_RECORD", "GENAUTH_DELETION_RECORD"],
    ["GENAUTH_RECORD", "GENAUTH_DELETION_RECORD"],
    ["GENAUTH_HOSTS", "GENAUTH_HOST"],
    ["GENAUTH_ACCESS_KEY_SECERT", "GENAUTH_ACCESS_KEY_SECRET"],
  ])("%s is taken for a misspelt %s, and warned of without its value", (name, meant) => {
    expect(warnings({ ...key, [name]: "s3cr3t" })).toEqual([
      `${name} is not read. There is no variable of that name. The closest is ${meant}. Rename the variable, or remove it.`,
    ]);
  });

  test.each([
    {
      owner: "examples/pipelines",
      names: ["READ_KEY_ID", "READ_KEY_SECRET", "PLAN_KEY", "PROTECTED_USERS", "API_TOKEN", "IMAGE", "BOT"],
    },
    { owner: "a null resource, which sets it for its command", names: ["SET_DECLARED_0"] },
    { owner: "an application", names: ["APP_ID", "APP_SECRET", "URL", "POOL", "DOMAIN", "LOG_LEVEL"] },
  ])("is not warned of if it belongs to $owner", ({ names }) => {
    expect(warnings(Object.fromEntries(names.map((name) => [`GENAUTH_${name}`, "x"])))).toEqual([]);
  });
});

describe("the operator's key, on its way to a host that the configuration chose,", () => {
  const WARNED = [expect.stringContaining("Set GENAUTH_ALLOWED_HOSTS")];
  const ownHost = { ...key, GENAUTH_HOST: "https://own.example" };

  test("is warned of, without the secret, if no variable names a host", () => {
    const warned = warnings(key, { host: "https://evil.example" });
    expect(warned).toEqual(WARNED);
    expect(warned[0]).not.toContain("s3cr3t");
  });

  test("is warned of if GENAUTH_HOST names another host, even if the chosen one is the public cloud", () => {
    expect(warnings(ownHost, { host: "https://evil.example" })).toEqual(WARNED);
    expect(warnings(ownHost, { host: DEFAULT_HOST })).toEqual(WARNED);
  });

  test("is not warned of if GENAUTH_HOST names the same host", () => {
    expect(warnings(ownHost, { host: "https://own.example" })).toEqual([]);
    expect(warnings(ownHost, { host: "https://own.example/" })).toEqual([]);
  });

  test("is not warned of if no variable names a host, and the chosen one is the public cloud", () => {
    expect(warnings(key, { host: DEFAULT_HOST })).toEqual([]);
  });

  test("is not warned of if the configuration chose no host", () => {
    expect(warnings(key)).toEqual([]);
    expect(warnings(ownHost)).toEqual([]);
  });

  test("is not warned of if the configuration brings a key of its own", () => {
    expect(warnings(key, { host: "https://x.example", access_key_secret: "own" })).toEqual([]);
  });

  test("is not warned of if GENAUTH_ALLOWED_HOSTS says which hosts may be reached", () => {
    const environment = { ...key, GENAUTH_ALLOWED_HOSTS: "https://x.example" };
    expect(warnings(environment, { host: "https://x.example" })).toEqual([]);
  });
});

describe("a value that the client refuses", () => {
  const isSetByConfiguration = () => true;
  const isLeftToVariable = () => false;
  const refusedHost = new OptionError("host", "The host must be an http or https URL.");

  test("is reported under its attribute if the configuration sets it, even beside a variable", () => {
    expect(describeRefusal(refusedHost, isSetByConfiguration, { GENAUTH_HOST: "https://a.example" })).toEqual(
      {
        summary: "Invalid host",
        detail: "The host must be an http or https URL.",
        attribute: "host",
      },
    );
  });

  test.each([
    {
      shown: "with its value",
      host: "ftp://a.example",
      detail: 'GENAUTH_HOST is "ftp://a.example". The host must be an http or https URL.',
    },
    {
      shown: "with its value and a hint, if it has no scheme",
      host: "localhost:3000",
      detail:
        'GENAUTH_HOST is "localhost:3000". The host must be an http or https URL. Begin it with https:// or, on loopback, http://.',
    },
    {
      shown: "without its value, if that may hold a password",
      host: "ftp://me:s3cr3t@a.example",
      detail: "GENAUTH_HOST: The host must be an http or https URL.",
    },
  ])("is reported under GENAUTH_HOST $shown", ({ host, detail }) => {
    expect(describeRefusal(refusedHost, isLeftToVariable, { GENAUTH_HOST: host })).toEqual({
      summary: "Invalid GENAUTH_HOST",
      detail,
    });
  });

  test("is reported without its value if it is a key", () => {
    const refusedKey = new OptionError("accessKeySecret", "accessKeySecret holds a blank.");
    expect(describeRefusal(refusedKey, isLeftToVariable, { GENAUTH_ACCESS_KEY_SECRET: "s3 cr3t" })).toEqual({
      summary: "Invalid GENAUTH_ACCESS_KEY_SECRET",
      detail: "GENAUTH_ACCESS_KEY_SECRET holds a blank.",
    });
  });
});

describe("GENAUTH_GUARD", () => {
  test.each([
    ["/run/genauth/guard.sock", "/run/genauth/guard.sock"],
    ["unix:/run/genauth/guard.sock", "/run/genauth/guard.sock"],
  ])("%s names the guard's socket, and no secret is needed", (value, path) => {
    const { settings, problems } = resolveSettings({}, { GENAUTH_ACCESS_KEY_ID: "id", GENAUTH_GUARD: value });
    expect(problems).toEqual([]);
    expect(settings.guard).toBe(path);
  });

  test.each(["guard.sock", "unix:guard.sock", "http://localhost"])(
    "%s is refused: it is no absolute path",
    (value) => {
      const { problems } = resolveSettings({}, { GENAUTH_ACCESS_KEY_ID: "id", GENAUTH_GUARD: value });
      expect(problems).toMatchObject([{ summary: "Invalid GENAUTH_GUARD" }]);
    },
  );
});

describe("the file of protected users", () => {
  test("may begin with a byte order mark", () => {
    const file = join(newFolder(), "protected.json");
    writeFileSync(file, '\ufeff{"email": ["admin@example.com"]}');
    const { limits, problems } = readOperatorLimits({ GENAUTH_PROTECTED_USERS_FILE: file });
    expect(problems).toEqual([]);
    expect(limits.protectedUsers.get(UserIdType.EMAIL)).toEqual(["admin@example.com"]);
  });

  test.each([
    { content: '{"__proto__": ["admin@example.com"]}', says: 'Unrecognized key: "__proto__"' },
    { content: '{"email": [], "nickname": ["ada"]}', says: 'Unrecognized key: "nickname"' },
    { content: '{"username": ["admin-*"]}', says: 'The id "admin-*" of the type username holds a *' },
    { content: '{"phone": ["+86*"]}', says: "only email has patterns, such as *@example.com" },
    { content: '{"phone": ["+86 138 0000 0001"]}', says: "write +8613800000001" },
    { content: '{"email": ["admin*@example.com"]}', says: "is no pattern that is known" },
  ])("is refused if an entry would protect nobody: $content", ({ content, says }) => {
    const file = join(newFolder(), "protected.json");
    writeFileSync(file, content);
    const { problems } = readOperatorLimits({ GENAUTH_PROTECTED_USERS_FILE: file });
    expect(problems).toMatchObject([
      { summary: "Cannot read GENAUTH_PROTECTED_USERS_FILE", detail: expect.stringContaining(says) },
    ]);
  });

  test("is refused in another encoding than UTF-8, in which its ids would protect nobody", () => {
    const file = join(newFolder(), "protected.json");
    const content = '{"email": ["josé@example.com"]}';
    writeFileSync(file, content, "latin1");
    expect(readOperatorLimits({ GENAUTH_PROTECTED_USERS_FILE: file }).problems).toEqual([
      {
        summary: "Cannot read GENAUTH_PROTECTED_USERS_FILE",
        detail:
          'The file must be JSON such as {"email": ["admin@example.com"]}. It is not UTF-8 text: save it as UTF-8. Nothing is planned or applied without it.',
      },
    ]);

    writeFileSync(file, content, "utf8");
    const { limits, problems } = readOperatorLimits({ GENAUTH_PROTECTED_USERS_FILE: file });
    expect(problems).toEqual([]);
    expect(limits.protectedUsers.get(UserIdType.EMAIL)).toEqual(["josé@example.com"]);
  });
});

test("a variable that is set but empty counts as not set", () => {
  const names = [
    ...["HOST", "ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "TENANT_ID", "DELETION_RECORD", "GUARD"],
    ...["REQUESTS_PER_SECOND", "PARALLELISM", "TIMEOUT_SECONDS", "MAX_ATTEMPTS", "CONFIRM_SECONDS"],
    ...["ALLOWED_HOSTS", "MAX_DELETIONS", "MIN_SUSPEND_DAYS", "DUE_DELETIONS", "PROTECTED_USERS_FILE"],
    "ACCEPT_EMPTY_POOL",
  ];
  const empty = Object.fromEntries(names.map((name) => [`GENAUTH_${name}`, ""]));
  expect(resolveSettings({}, empty)).toEqual(resolveSettings({}, {}));
  expect(readOperatorLimits(empty)).toEqual(readOperatorLimits({}));
});
