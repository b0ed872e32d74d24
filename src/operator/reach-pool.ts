import {
  createManagementClient,
  type ManagementClient,
  type ManagementClientOptions,
  OptionError,
  type User,
  type Wait,
} from "../api";
import { checkAllowedHost, type OperatorLimits, readOperatorLimits } from "./operator-limits";
import { describeRefusal, resolveSettings, type RunSettings, type SettingProblem } from "./settings";

/** The user pool that the environment names, and the operator limits. */
export interface ReachedPool<Client = ManagementClient> {
  readonly client: Client;
  /** Without the secret, which only the client keeps, and not as text. */
  readonly settings: Omit<RunSettings, "accessKeySecret">;
  readonly limits: OperatorLimits;
}

/**
 * Reads host, credentials and pace from the environment, as the provider does. Writes warnings to stderr.
 *
 * @returns a client that the caller must close
 * @throws Error that says what is wrong in the environment, and what to do
 */
export function reachPool(environment: NodeJS.ProcessEnv): ReachedPool {
  return reachPoolBy(createManagementClient, environment);
}

/** As {@link reachPool}, with another client. @param connect throws OptionError for an invalid option */
export function reachPoolBy<Client>(
  connect: (options: ManagementClientOptions) => Client,
  environment: NodeJS.ProcessEnv,
): ReachedPool<Client> {
  const { settings, problems, warnings } = resolveSettings(undefined, environment);
  const { limits, problems: limitProblems } = readOperatorLimits(environment);
  const all = [...problems, ...limitProblems, ...checkAllowedHost(settings.host, limits)];
  if (all.length > 0) throw new Error([...all, ...warnings].map(sentence).join("\n"));
  process.stderr.write(warnings.map((each) => `warning: ${sentence(each)}\n`).join(""));
  const { accessKeySecret, ...shown } = settings;
  const onWait = announceWaits(shown.host);
  try {
    return { client: connect({ ...shown, accessKeySecret, onWait }), settings: shown, limits };
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    throw new Error(sentence(describeRefusal(cause, () => false, environment)), { cause });
  }
}

/**
 * Does some work with the user pool that the environment names, and closes the client.
 *
 * @throws Error as {@link reachPoolBy} does
 */
export async function usePool<Client extends { close(): void }, Result>(
  connect: (options: ManagementClientOptions) => Client,
  environment: NodeJS.ProcessEnv,
  work: (pool: ReachedPool<Client>) => Promise<Result>,
): Promise<Result> {
  const pool = reachPoolBy(connect, environment);
  try {
    return await work(pool);
  } finally {
    pool.client.close();
  }
}

/**
 * Says on stderr why nothing happens: a line for each wait, but for those of calls that wait at the same
 * time.
 */
function announceWaits(host: string): (wait: Wait) => void {
  let quietUntil = 0;
  return ({ attempt, maxAttempts, milliseconds, statusCode }) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + milliseconds;
    const answer = statusCode === undefined ? "no answer" : `answer ${statusCode}`;
    // On a terminal, a line of progress may stand there.
    const begin = process.stderr.isTTY ? "\r\u001b[K" : "";
    const seconds = Math.max(0.1, milliseconds / 1000).toFixed(1);
    process.stderr.write(
      `${begin}${host}: ${answer}; attempt ${attempt} of ${maxAttempts} in ${seconds} s\n`,
    );
  };
}

function sentence({ summary, detail }: SettingProblem): string {
  return `${summary}: ${detail}`;
}

/**
 * Reads all users of a pool.
 *
 * @throws Error with GenAuth's reason, since a part of the pool must not look like all of it
 */
export async function readAllUsers(
  client: ManagementClient,
  onProgress: (progress: { readonly done: number; readonly total: number }) => void = () => undefined,
): Promise<User[]> {
  const users: User[] = [];
  for await (const page of client.listUsers()) {
    if (!page.ok) throw new Error(page.failure.message);
    users.push(...page.value.users);
    onProgress({ done: users.length, total: page.value.total });
  }
  return users;
}
