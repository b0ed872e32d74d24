import { callWeb, type WebCall } from "../web";

/** GitHub's API for one repository, with the token of a job. */
export class GitHubApi {
  readonly #token: string;
  readonly #base: string;

  /** @throws Error if the step has no token */
  constructor({
    GH_TOKEN: token = "",
    GITHUB_API_URL: url = "",
    GITHUB_REPOSITORY: repository = "",
  }: NodeJS.ProcessEnv) {
    if (token === "" || url === "" || repository === "")
      throw new Error("This step needs GH_TOKEN: ${{ github.token }}. Nothing was applied.");
    this.#token = token;
    this.#base = `${url}/repos/${repository}`;
  }

  /**
   * Reads something of the repository.
   *
   * @param path such as `actions/runs/1`
   * @returns undefined if it is not there, or the token may not read it
   * @throws Error if GitHub does not answer with data
   */
  async find(path: string): Promise<unknown> {
    const { status, body } = await this.#call(path);
    if (status === 404 || status === 403) return undefined;
    return this.#parse(path, status, body);
  }

  /** Reads something that must be there. @throws Error if it cannot be read */
  async read(path: string): Promise<unknown> {
    const { status, body } = await this.#call(path);
    return this.#parse(path, status, body);
  }

  /** Changes something. @throws Error with GitHub's reason */
  async send(method: "POST" | "PATCH", path: string, body: unknown): Promise<void> {
    const answer = await this.#call(path, { method, body });
    this.#parse(path, answer.status, answer.body, "write");
  }

  #call(path: string, call?: WebCall): ReturnType<typeof callWeb> {
    return callWeb(
      `${this.#base}/${path}`,
      { authorization: `Bearer ${this.#token}`, accept: "application/vnd.github+json" },
      call,
    );
  }

  #parse(path: string, status: number, body: Buffer, right: "read" | "write" = "read"): unknown {
    const text = body.toString("utf8");
    const permission = PERMISSIONS.find(([pattern]) => pattern.test(path))?.[1] ?? "contents";
    const advice =
      status === 403
        ? ` Its token may lack a permission: write ${permission}: ${right} into the permissions of this job in the workflow.`
        : "";
    if (status < 200 || status > 299)
      throw new Error(
        `GitHub answered ${status} for ${path}: ${text.slice(0, 300)}. This job went no further.${advice}`,
      );
    return text === "" ? undefined : JSON.parse(text);
  }
}

/** What a token needs for a path. */
const PERMISSIONS = [
  [/^issues\/(?:\d+\/)?comments|^commits\/\w+\/pulls/, "pull-requests"],
  [/^issues/, "issues"],
  [/^(?:actions|environments)/, "actions"],
] as const;
