import { PlatformApi } from "../web";

/** GitHub's API for one repository, with the token of a job. */
export class GitHubApi extends PlatformApi {
  /** @throws Error if the step has no token */
  constructor({
    GH_TOKEN: token = "",
    GITHUB_API_URL: url = "https://api.github.com",
    GITHUB_REPOSITORY: repository = "",
  }: NodeJS.ProcessEnv) {
    if (token === "" || repository === "")
      throw new Error("This step needs GH_TOKEN: ${{ github.token }}. Nothing was applied.");
    super({
      name: "GitHub",
      base: `${url}/repos/${repository}`,
      headers: { authorization: `Bearer ${token}`, accept: "application/vnd.github+json" },
      advise: (path, status, right) => {
        if (status !== 403) return "";
        const permission = PERMISSIONS.find(([pattern]) => pattern.test(path))?.[1] ?? "contents";
        // The job that reads the comments writes one next.
        const needed = path.includes("comments") ? "write" : right;
        return ` Its token may lack a permission: add "${permission}: ${needed}" to the permissions of this job, and of the one that calls its workflow.`;
      },
    });
  }
}

/** What a token needs for a path. */
const PERMISSIONS = [
  [/^issues\/(?:\d+\/)?comments|^commits\/\w+\/pulls/, "pull-requests"],
  [/^check-runs/, "checks"],
  [/^(?:actions|environments)/, "actions"],
] as const;
