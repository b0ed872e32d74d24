import type * as z from "zod";
import { callWeb, readAnswer, type WebAnswer, type WebCall } from "../web";

/** GitHub's API for one repository, with the token of a job. */
export class GitHubApi {
  readonly #token: string;
  readonly #base: string;

  /** @throws Error if the step has no token */
  constructor({
    GH_TOKEN: token = "",
    GITHUB_API_URL: url = "https://api.github.com",
    GITHUB_REPOSITORY: repository = "",
  }: NodeJS.ProcessEnv) {
    if (token === "" || repository === "")
      throw new Error("This step needs GH_TOKEN: ${{ github.token }}. Nothing was applied.");
    this.#token = token;
    this.#base = `${url}/repos/${repository}`;
  }

  /**
   * Reads something of the repository.
   *
   * @param path such as `actions/runs/1`
   * @returns undefined if it is not there, or the token may not read it
   * @throws Error if GitHub does not answer with data of this form
   */
  async find<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const answer = await this.#call(path);
    if (answer.status === 404 || answer.status === 403) return undefined;
    return readData(path, schema, answer);
  }

  /** Reads something that must be there. @throws Error if it cannot be read */
  async read<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return readData(path, schema, await this.#call(path));
  }

  /** Changes something. @throws Error with GitHub's reason */
  async send(method: "POST" | "PATCH", path: string, body: unknown): Promise<void> {
    checkStatus(path, await this.#call(path, { method, body }), "write");
  }

  #call(path: string, call?: WebCall): ReturnType<typeof callWeb> {
    return callWeb(
      `${this.#base}/${path}`,
      { authorization: `Bearer ${this.#token}`, accept: "application/vnd.github+json" },
      call,
    );
  }
}

function readData<T>(path: string, schema: z.ZodType<T>, answer: WebAnswer): T {
  checkStatus(path, answer, "read");
  return readAnswer(answer.body, schema, `GitHub's answer for ${path}`);
}

/** @throws Error with GitHub's reason, and the permission that the token may lack */
function checkStatus(path: string, { status, body }: WebAnswer, right: "read" | "write"): void {
  if (status >= 200 && status <= 299) return;
  const permission = PERMISSIONS.find(([pattern]) => pattern.test(path))?.[1] ?? "contents";
  const advice =
    status === 403
      ? ` Its token may lack a permission: write ${permission}: ${right} into the permissions of this job in the workflow.`
      : "";
  throw new Error(
    `GitHub answered ${status} for ${path}: ${body.toString("utf8").slice(0, 300)}. This job went no further.${advice}`,
  );
}

/** What a token needs for a path. */
const PERMISSIONS = [
  [/^issues\/(?:\d+\/)?comments|^commits\/\w+\/pulls/, "pull-requests"],
  [/^issues/, "issues"],
  [/^(?:actions|environments)/, "actions"],
] as const;
