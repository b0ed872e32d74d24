import { expect, test } from "@jest/globals";
import { GitHub } from "../../src/pipeline/github/github";
import { GitLab } from "../../src/pipeline/gitlab";
import { serveHttp } from "../support/http-server";
import { GitHubService } from "./support/github/service";

/*
 * Which request brought a commit to the branch. A job asks the API of its platform with its own token, because the message of the commit
 * does not name the request after a rebase merge.
 */

const COMMIT = "4057a5c00c80";

test("GitHub names the pull request that was merged into the branch, or none if there is none or the job may not read it", async () => {
  const service = new GitHubService();
  await service.open();
  service.pulls.set(COMMIT, [
    { number: 5, user: "ada", isMerged: false, target: "main" },
    { number: 6, user: "ada", isMerged: true, target: "release" },
    { number: 7, user: "ada", isMerged: true, target: "main" },
  ]);
  const asJob = (permissions: Readonly<Record<string, string>>) =>
    new GitHub({
      GITHUB_API_URL: service.url,
      GITHUB_REPOSITORY: "team/people",
      GH_TOKEN: service.token(permissions),
    });
  expect(await asJob({ "pull-requests": "read" }).findRequest(COMMIT, "main")).toBe("#7");
  expect(await asJob({ "pull-requests": "read" }).findRequest("another", "main")).toBeUndefined();
  expect(await asJob({ contents: "read" }).findRequest(COMMIT, "main")).toBeUndefined();
  const outsideOfAJob = new GitHub({});
  expect(await outsideOfAJob.findRequest(COMMIT, "main")).toBeUndefined();
});

test("GitLab names the merge request that was merged into the branch, or none if there is none or it refuses the job's token", async () => {
  // docs.gitlab.com, Commits API: "List merge requests associated with a commit".
  const answer = [
    { iid: 5, state: "closed", target_branch: "main" },
    { iid: 6, state: "merged", target_branch: "release" },
    { iid: 7, state: "merged", target_branch: "main" },
  ];
  let status = 200;
  const url = await serveHttp((request, response) => {
    const isAsked = request.url === `/projects/1/repository/commits/${COMMIT}/merge_requests`;
    const isJob = request.headers["job-token"] === "t";
    response.writeHead(isAsked && isJob ? status : 500).end(JSON.stringify(answer));
  });
  const gitlab = new GitLab({ CI_API_V4_URL: url, CI_PROJECT_ID: "1", CI_JOB_TOKEN: "t" });
  expect(await gitlab.findRequest(COMMIT, "main")).toBe("!7");
  expect(await gitlab.findRequest(COMMIT, "other")).toBeUndefined();
  for (const refusal of [401, 404]) {
    status = refusal;
    expect(await gitlab.findRequest(COMMIT, "main")).toBeUndefined();
  }
});
