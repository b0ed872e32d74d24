import { expect, test } from "@jest/globals";
import { createRestoreClient } from "../../../src/api";
import { startAnswering } from "../../support/api/local-servers";
import { closing } from "../../support/at-end";

test("an account that is restored gets no password, and its person is not told", async () => {
  const server = closing(await startAnswering());
  const host = `http://127.0.0.1:${server.port}`;
  const client = closing(createRestoreClient({ host, accessKeyId: "id", accessKeySecret: "secret" }));
  expect(await client.create([{ email: "ada@example.com" }])).toMatchObject({ ok: true, value: [] });
  expect(server.requests).toEqual(["POST /api/v3/create-users-batch"]);
  const body: unknown = JSON.parse(server.received().split("\r\n\r\n")[1] ?? "");
  expect(body).toEqual({
    list: [{ email: "ada@example.com" }],
    options: {
      keepPassword: false,
      autoGeneratePassword: false,
      resetPasswordOnFirstLogin: false,
      sendNotification: { sendEmailNotification: false, sendPhoneNotification: false },
    },
  });
});
