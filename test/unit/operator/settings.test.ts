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
])("%s is recognised as a misspelt %s, and its value is not shown", (name, meant) => {
  expect(warnings({ ...key, [name]: "s3cr3t" })).toEqual([
    `${name} is not read. There is no variable of that name. The closest is ${meant}. Rename the variable, or remove it.`,
  ]);
});

test("variables of pipelines, of the null resource and of applications are ignored", () => {
  const names = [
    ...["READ_KEY_ID", "READ_KEY_SECRET", "PROTECTED_USERS", "API_TOKEN", "IMAGE", "SET_DECLARED_0"],
    ...["APP_ID", "APP_SECRET", "URL", "POOL", "DOMAIN", "LOG_LEVEL"],
  ];
  expect(warnings(Object.fromEntries(names.map((name) => [`GENAUTH_${name}`, "x"])))).toEqual([]);
});

describe("a host that only the configuration chose, while the key is the operator's, is warned of", () => {
  const WARNED = [expect.stringContaining("Set GENAUTH_ALLOWED_HOSTS")];
  const OWN = { ...key, GENAUTH_HOST: "https://own.example" };

  test("where the environment names none, and never with the secret", () => {
    const warned = warnings(key, { host: "https://evil.example" });
    expect(warned).toEqual(WARNED);
    expect(warned[0]).not.toContain("s3cr3t");
  });

  test("where the environment names another one", () => {
    expect(warnings(OWN, { host: DEFAULT_HOST })).toEqual(WARNED);
  });

  test("but not a host that the environment names, too", () => {
    expect(warnings(OWN)).toEqual([]);
    expect(warnings(OWN, { host: "https://own.example" })).toEqual([]);
    expect(warnings(OWN, { host: "https://own.example/" })).toEqual([]);
  });

  test("but not the public cloud, which is the default", () => {
    expect(warnings(key)).toEqual([]);
    expect(warnings(key, { host: DEFAULT_HOST })).toEqual([]);
  });

  test("but not if the configuration brings its own key", () => {
    expect(warnings(key, { host: "https://x.example", access_key_secret: "own" })).toEqual([]);
  });

  test("but not if the operator says which hosts may be reached", () => {
    const environment = { ...key, GENAUTH_ALLOWED_HOSTS: "https://x.example" };
    expect(warnings(environment, { host: "https://x.example" })).toEqual([]);
  });
});

test.each([
  [
    "localhost:3000",
    /^GENAUTH_HOST is "localhost:3000"\. It is wrong\. Begin it with https:\/\/ or, on loopback, http:\/\/\.$/,
  ],
  ["https://a.example/x", /^GENAUTH_HOST is "https:\/\/a\.example\/x"\. It is wrong\.$/],
  ["https://me:s3cr3t@a.example", /^GENAUTH_HOST: It is wrong\.$/],
])("an invalid host %s from the environment is reported with its variable", (host, detail) => {
  const refusal = new OptionError("host", "It is wrong.");
  expect(describeRefusal(refusal, () => false, { GENAUTH_HOST: host })).toEqual({
    summary: "Invalid GENAUTH_HOST",
    detail: expect.stringMatching(detail),
  });
  expect(describeRefusal(refusal, () => true, { GENAUTH_HOST: host })).toEqual({
    summary: "Invalid host",
    detail: "It is wrong.",
    attribute: "host",
  });
});

test("an invalid key is reported with its variable, without its value", () => {
  const refusal = new OptionError("accessKeySecret", "accessKeySecret holds a blank.");
  expect(describeRefusal(refusal, () => false, { GENAUTH_ACCESS_KEY_SECRET: "s3 cr3t" })).toEqual({
    summary: "Invalid GENAUTH_ACCESS_KEY_SECRET",
    detail: "GENAUTH_ACCESS_KEY_SECRET holds a blank.",
  });
});

test.each([
  ["/run/genauth/guard.sock", "/run/genauth/guard.sock"],
  ["unix:/run/genauth/guard.sock", "/run/genauth/guard.sock"],
])("GENAUTH_GUARD=%s names the guard's socket, and no secret is needed", (value, path) => {
  const { settings, problems } = resolveSettings({}, { GENAUTH_ACCESS_KEY_ID: "id", GENAUTH_GUARD: value });
  expect(problems).toEqual([]);
  expect(settings.guard).toBe(path);
});

test.each(["guard.sock", "unix:guard.sock", "http://localhost"])("GENAUTH_GUARD=%s is refused", (value) => {
  const { problems } = resolveSettings({}, { GENAUTH_ACCESS_KEY_ID: "id", GENAUTH_GUARD: value });
  expect(problems).toMatchObject([{ summary: "Invalid GENAUTH_GUARD" }]);
});

test("a file of protected users may begin with a byte order mark", () => {
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
])("a file of protected users that would protect nobody is refused: $content", ({ content, says }) => {
  const file = join(newFolder(), "protected.json");
  writeFileSync(file, content);
  const { problems } = readOperatorLimits({ GENAUTH_PROTECTED_USERS_FILE: file });
  expect(problems).toMatchObject([
    { summary: "Cannot read GENAUTH_PROTECTED_USERS_FILE", detail: expect.stringContaining(says) },
  ]);
});

test("a file of protected users in another encoding than UTF-8 is refused: its ids would protect nobody", () => {
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

test("a variable that is set but empty counts as not set", () => {
  const names = ["ALLOWED_HOSTS", "MAX_DELETIONS", "PROTECTED_USERS_FILE", "ACCEPT_EMPTY_POOL"];
  const empty = Object.fromEntries(names.map((name) => [`GENAUTH_${name}`, ""]));
  expect(readOperatorLimits(empty)).toEqual(readOperatorLimits({}));
});
