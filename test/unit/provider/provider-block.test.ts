import { describe, expect, test } from "@jest/globals";
import { fillModel, UNKNOWN } from "../../../src/plugin";
import { genauthProvider } from "../../../src/provider/provider";
import { providerSchema } from "../../../src/provider/provider-schema";
import { validateProvider } from "../../../src/provider/validate-provider";
import { UserIdType } from "../../../src/users";
import { serveHttp } from "../../support/http-server";

describe("the host of a provider block", () => {
  const problemsOf = (host: string | typeof UNKNOWN | null) =>
    validateProvider(fillModel(providerSchema, { host }));

  test.each([
    { host: "http://api.genauth.ai", detail: "Requests to http://api.genauth.ai would not be encrypted" },
    { host: "api.genauth.ai", detail: "such as https://api.genauth.ai." },
    { host: "https://api.genauth.ai/api/v3", detail: "The host must end after its name and port" },
    { host: "https://me:secret@api.genauth.ai", detail: "must not contain a user name or password" },
  ])("$host is refused by validate", ({ host, detail }) => {
    expect(problemsOf(host)).toMatchObject([
      {
        severity: "error",
        summary: "Invalid host",
        detail: expect.stringContaining(detail),
        path: [{ attribute: "host" }],
      },
    ]);
  });

  test.each(["https://api.genauth.ai", "https://genauth.example:8443/", "http://127.0.0.1:3000"])(
    "%s is accepted by validate",
    (host) => expect(problemsOf(host)).toEqual([]),
  );

  test("may be absent, or not be known yet", () => {
    expect(problemsOf(null)).toEqual([]);
    expect(problemsOf(UNKNOWN)).toEqual([]);
  });
});

describe("a protected user of a provider block", () => {
  const problemsOf = (type: string, id: string) =>
    validateProvider(fillModel(providerSchema, { protected_users: new Map([[type, [id]]]) }));

  test("is refused if it is a phone with hyphens, which would protect nobody, and accepted without them", () => {
    expect(problemsOf("phone", "138-0000-0001")).toEqual([
      {
        severity: "error",
        summary: "Invalid protected user",
        detail:
          'The id "138-0000-0001" is a phone number with blanks or punctuation: write 13800000001. Correct it, or remove the entry.',
        path: [{ attribute: "protected_users" }],
      },
    ]);
    expect(problemsOf("phone", "13800000001")).toEqual([]);
  });

  test("may be a username that is *, which is a pattern only in e-mail addresses", () => {
    expect(problemsOf("username", "*")).toEqual([]);
  });
});

describe("the user agent of the provider's requests", () => {
  /** Configures the provider as an engine does, and looks somebody up. */
  async function userAgentOf(engineVersion: string, environment: NodeJS.ProcessEnv = {}) {
    const agents: (string | undefined)[] = [];
    const host = await serveHttp(({ headers }, response) => {
      agents.push(headers["user-agent"]);
      response.end(JSON.stringify({ statusCode: 200, data: [] }));
    });
    const block = { host, access_key_id: "id", access_key_secret: "secret" };
    const config = fillModel(providerSchema, block);
    const { context } = await genauthProvider(environment).configure(config, engineVersion);
    await context?.pool?.directory.findUsers(["ada"], UserIdType.USERNAME);
    return agents;
  }

  test("names engine and provider", async () => {
    expect(await userAgentOf("1.11.4")).toEqual(["Terraform/1.11.4 terraform-provider-genauth/0.1.0"]);
  });

  test("ends with the text of TF_APPEND_USER_AGENT, without its line breaks", async () => {
    const environment = { TF_APPEND_USER_AGENT: "team/7\r\nx-evil: 1" };
    expect(await userAgentOf("1.11.4", environment)).toEqual([
      "Terraform/1.11.4 terraform-provider-genauth/0.1.0 team/7x-evil: 1",
    ]);
  });

  test("names the provider alone beside an engine that tells no version", async () => {
    expect(await userAgentOf("")).toEqual(["terraform-provider-genauth/0.1.0"]);
  });
});
