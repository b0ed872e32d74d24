import { expect, test } from "@jest/globals";
import * as z from "zod";
import { GitHubApi } from "../../../src/pipeline/github/api";
import { readOwners } from "../../../src/pipeline/github/owner";
import { readAnswer } from "../../../src/pipeline/web";
import { serveHttp } from "../../support/http-server";

test("owners are separated by blanks, and their case does not count", () => {
  expect([...readOwners({ OWNERS: " Olga  otto_corp " })]).toEqual(["olga", "otto_corp"]);
});

test.each([
  { OWNERS: "", says: "names nobody" },
  { OWNERS: "<account>", says: "holds <account>, which is no account" },
  { OWNERS: "olga @otto", says: "holds @otto" },
])("the owners $OWNERS are refused", ({ OWNERS, says }) => {
  expect(() => readOwners({ OWNERS })).toThrow(says);
});

test("a refusal of GitHub names the permission that the job lacks", async () => {
  const url = await serveHttp((_request, response) => response.writeHead(403).end("{}"));
  const github = new GitHubApi({
    GH_TOKEN: "t",
    GITHUB_API_URL: url,
    GITHUB_REPOSITORY: "team/people",
  });
  const comments = "issues/7/comments";
  await expect(github.send("POST", comments, {})).rejects.toThrow('add "pull-requests: write" to');
  // Reading comes first, and would not be enough.
  await expect(github.read(comments, z.unknown())).rejects.toThrow('add "pull-requests: write" to');
  await expect(github.read("actions/runs/1", z.unknown())).rejects.toThrow('add "actions: read" to');
});

test.each([
  {
    body: '[{"sha":"a"},{"id":7}]',
    what: "at 1.sha: Invalid input: expected string, received undefined",
  },
  { body: "{}", what: "Invalid input: expected array, received object" },
  { body: "<html>", what: "it is not JSON" },
])("an answer of a platform that has an unexpected form is named: $body", ({ body, what }) => {
  const read = () =>
    readAnswer(Buffer.from(body), z.array(z.object({ sha: z.string() })), "GitLab's answer for x");
  expect(read).toThrow(`GitLab's answer for x has an unexpected form: ${what}. This job went no further.`);
});
