import { createHash } from "node:crypto";
import { Command, Option } from "commander";
import {
  type Approval,
  DEFAULT_PLAN_AGE_HOURS,
  describeSharedUser,
  describeSummary,
  findOsUser,
  isRoot,
  keepDebuggersOut,
  readKey,
  runCommand,
  serveUntilEnd,
  startSession,
  underKeeper,
  type OsUsers,
} from "../guard";
import { AllowList, findPlanFault } from "../plan-gate";
import { parsePlan, type PlanJson } from "../terraform-json";
import { printable, printableLines } from "../text";
import { count } from "../users";
import { allowOption, addValue, readInput, wholeNumber } from "./command-line";

interface Options {
  readonly plan: readonly string[];
  readonly planSha256: readonly string[];
  readonly protect: readonly string[];
  readonly allow: readonly string[];
  readonly readOnly?: boolean;
  readonly keyFromStdin?: boolean;
  readonly maxDeletions?: number;
  readonly maxPlanAge: number;
  readonly audit?: string;
  readonly ticket?: string;
  readonly reason?: string;
  readonly listen?: string;
  readonly user?: string;
  readonly guardUser?: string;
}

/**
 * `cdktf-genauth guard`: holds the deleting key during an apply.
 *
 * @param environment contains the key, unless standard input gives it, and the settings
 * @param end receives the command's exit code
 */
export function guardCommand(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  return new Command("guard")
    .description("Hold the key during an apply, and let through only reads and what approved plans show.")
    .addOption(
      new Option(
        "--plan <file>",
        "`terraform show -json` of an approved plan; repeatable; - for standard input",
      )
        .argParser(addValue)
        .default([], "none"),
    )
    .addOption(
      new Option("--plan-sha256 <hex>", "the SHA-256 of what was approved; repeat it in the order of --plan")
        .argParser(addValue)
        .default([], "not compared"),
    )
    .addOption(
      new Option(
        "--protect <file>",
        "`terraform show -json` of a plan that is not applied: the people that it declares, before or after, stay; repeatable",
      )
        .argParser(addValue)
        .default([], "none"),
    )
    .addOption(allowOption())
    .addOption(
      new Option("--read-only", "let only reads pass, for a plan").conflicts(["plan", "maxDeletions"]),
    )
    .option("--key-from-stdin", "read the key from standard input: id and secret, a line each, or the secret")
    .option("--max-deletions <number>", "how many people the run may delete or suspend", wholeNumber())
    .option("--max-plan-age <hours>", "how old a plan may be", wholeNumber(), DEFAULT_PLAN_AGE_HOURS)
    .option("--audit <file>", "append JSON lines: each change before and after its call, refusals, a summary")
    .option("--ticket <text>", "the ticket of the change, for the audit file")
    .option("--reason <text>", "why the change is made, for the audit file")
    .option("--listen <socket>", "the Unix socket (default: one in a new folder)")
    .option("--user <name>", "run the command as this user, who then owns the socket; needs root")
    .option("--guard-user <name>", "make the guard this user's process before it reads the key; needs root")
    .argument("[command...]", "what to run, after --; without it, the guard runs until it is ended")
    .addHelpText(
      "after",
      `
The command runs without the key, and with GENAUTH_GUARD, the socket at which
the provider and the null resource's command have their calls signed.

Examples:
  $ cdktf-genauth guard --read-only -- terraform plan -out=tfplan
  $ cdktf-genauth guard --read-only -- terraform show -json tfplan > plan.json
  $ cdktf-genauth guard --plan plan.json --audit audit.jsonl -- \\
      terraform apply tfplan

Exit codes:
  that of the command; without one, 0
  1  the guard did not start, or wrong usage, so nothing was run; the reason is
     on stderr`,
    )
    .action(async (command: readonly string[], options: Options, self: Command) => {
      keepDebuggersOut();
      const users = findUsers(options);
      if (options.plan.length === 0 && options.readOnly !== true)
        self.error("error: name the approved plans with --plan, or give --read-only");
      if (command.length === 0 && options.listen === undefined)
        self.error("error: name a command after --, or a socket with --listen");
      if (options.keyFromStdin === true && options.plan.includes("-"))
        self.error("error: standard input cannot give both the key and a plan");
      if (command.length > 0 && (users.command ?? users.guard))
        end(await runApart(command, self, users, environment));
      else end(await runGuard(command, options, users, environment));
    });
}

/** @throws Error if a user does not exist, or this process may not become one */
function findUsers({ user, guardUser }: Options): OsUsers {
  if (user === undefined && guardUser === undefined) return {};
  if (!isRoot())
    throw new Error("--user and --guard-user need root: only root can start processes of other users.");
  const command = user === undefined ? undefined : findOsUser(user);
  if (command === undefined || command.uid === 0)
    throw new Error("Name another user than root with --user: a command of root can read every process.");
  return { command, guard: guardUser === undefined ? undefined : findOsUser(guardUser) };
}

/** The options of which the process of the guard gets others. */
const OWN_OPTIONS = new Set(["user", "guardUser", "listen"]);

/** The options of a command line, as another process gets them. */
function optionsOf(self: Command): string[] {
  return self.options.flatMap((option) => {
    const name = option.attributeName();
    const { long = "" } = option;
    const value = self.getOptionValue(name) as string | number | boolean | readonly string[] | undefined;
    if (value === undefined || OWN_OPTIONS.has(name)) return [];
    if (typeof value === "boolean") return value ? [long] : [];
    return (Array.isArray(value) ? value : [value]).flatMap((each) => [long, String(each)]);
  });
}

/**
 * Runs the guard in a process of its own. This one stays root, without the key, to pass signals on to both
 * users.
 */
async function runApart(
  command: readonly string[],
  self: Command,
  users: OsUsers,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const { keyFromStdin = false, plan, listen: socket } = self.opts<Options>();
  const secret = keyFromStdin ? undefined : environment.GENAUTH_ACCESS_KEY_SECRET;
  return await underKeeper(
    {
      args: optionsOf(self),
      users,
      environment: { ...environment, ...(secret !== undefined && { GENAUTH_ACCESS_KEY_SECRET: secret }) },
      withInput: keyFromStdin || plan.includes("-"),
      socket,
    },
    async (reached) =>
      await runCommand(command, {
        environment: { ...environment, GENAUTH_GUARD: reached },
        withInput: !keyFromStdin,
        user: users.command,
      }),
  );
}

async function runGuard(
  command: readonly string[],
  options: Options,
  users: OsUsers,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const { listen, audit, ticket, reason, maxDeletions, maxPlanAge, readOnly, keyFromStdin } = options;
  const plans = readOnly === true ? undefined : await readPlans(options);
  const session = await startSession({
    environment,
    users,
    readKey: keyFromStdin === true ? () => readKey(process.stdin) : undefined,
    plans: plans?.map(([plan]) => plan),
    protecting: await Promise.all(options.protect.map(async (file) => parsePlan(await readInput(file)))),
    maxDeletions,
    maxPlanAgeHours: maxPlanAge,
    auditFile: audit,
    why: { ticket, reason, plan_sha256: plans?.map(([, sha256]) => sha256) },
    socket: listen,
  });
  try {
    const { approval, socket } = session;
    // Before others are told of the socket: they may end the guard at once.
    const ended = command.length === 0 ? serveUntilEnd() : undefined;
    say(`${approval ? describeApproval(approval) : "Only reads pass."} GENAUTH_GUARD=${socket}`);
    const shared = describeSharedUser(users);
    if (shared !== undefined) say(shared);
    if (ended) return await ended.then(() => 0);
    return await runCommand(command, {
      environment: { ...environment, ...session.variables },
      withInput: keyFromStdin !== true,
    });
  } finally {
    await session.close().finally(() => say(describeSummary(session.summary())));
  }
}

/**
 * @returns each plan, and the SHA-256 of its text. @throws Error if a plan is not the one that was approved,
 *   or holds what is not allowed
 */
async function readPlans({ plan, planSha256, allow }: Options): Promise<[PlanJson, string][]> {
  if (planSha256.length > 0 && planSha256.length !== plan.length)
    throw new Error("Give --plan-sha256 once for each --plan, in the same order, or not at all.");
  const allowed = new AllowList(allow);
  const plans: [PlanJson, string][] = [];
  for (const [index, file] of plan.entries()) {
    const text = await readInput(file);
    const expected = planSha256[index];
    const sha256 = createHash("sha256").update(text).digest("hex");
    if (expected !== undefined && expected.toLowerCase() !== sha256)
      throw new Error(
        `${file} is not the plan that was approved: its SHA-256 is ${sha256}, and --plan-sha256 says ${printable(expected)}. Nothing was started.`,
      );
    const parsed = parsePlan(text);
    const fault = findPlanFault(parsed, allowed);
    if (fault)
      throw new Error(
        `${printable(fault.summary)}, in ${file}. Nothing was started. ${printable(fault.detail)}`,
      );
    plans.push([parsed, sha256]);
  }
  return plans;
}

function describeApproval({ ids, unknown }: Approval): string {
  const changes = [
    `delete ${count(ids.deletion.size, "user")}`,
    `suspend ${ids.suspension.size}`,
    `reactivate ${ids.reactivation.size}`,
  ];
  return [`The plans may ${changes.join(", ")} at most.`, ...unknown].join(" ");
}

function say(text: string): void {
  process.stderr.write(`guard: ${printableLines(text)}\n`);
}
