import { Command } from "commander";
import {
  compareReports,
  findBesideDueDeletions,
  foreignProvisioners,
  formatCount,
  formatNumber,
  parseMessages,
  parsePreviousReport,
  planDocument,
  type PlanReport,
  reportOnPlan,
} from "../reports";
import { parsePlan, type PlanJson, resourceAddress } from "../terraform-json";
import { printable } from "../text";
import { ExitCode, readInput, reportExitCodesHelp, wholeNumber } from "./command-line";
import {
  addReportOptions,
  isPrintedWhole,
  printReport,
  readContext,
  readRedactKey,
  type ReportOptions,
} from "./report-options";

interface Options extends ReportOptions {
  readonly messages?: string;
  readonly previous?: string;
  readonly failAbove?: number;
  readonly failUnlessWhole?: boolean;
  readonly refuseProvisioners?: boolean;
  readonly dueAlone?: boolean;
}

/**
 * `genauth-users plan-report`: reports to a plan's reviewers which users it deletes.
 *
 * @param environment contains the key of `--redact`
 * @param end receives the exit code, which says whether users leave
 */
export function planReportCommand(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  return addReportOptions(new Command("plan-report"))
    .description("Report which users a plan deletes, for a pull request, a log, a web page or a program.")
    .argument("[file]", "the output of `terraform show -json` for a saved plan; - reads standard input", "-")
    .option(
      "--messages <file>",
      "the output of `terraform plan -json`: reasons, warnings and guards, which a plan file does not contain",
    )
    .option("--previous <file>", "the last report of the same stack as JSON, to say what is new since")
    .option("--fail-above <number>", "exit with 1 if more users than this may be deleted", wholeNumber())
    .option(
      "--fail-unless-whole",
      "exit with 1 if the report does not list everyone who may be deleted: unknown, sensitive or cut",
    )
    .option(
      "--refuse-provisioners",
      "exit with 1 if the configuration has a provisioner, other than that of a null resource's set",
    )
    .option(
      "--due-alone",
      "exit with 1 if the plan deletes suspended users whose day has come, and does anything else",
    )
    .addHelpText(
      "after",
      `
Example:
  $ terraform plan -out=tfplan -json > messages.jsonl
  $ terraform show -json tfplan | genauth-users plan-report --messages messages.jsonl > report.md
${reportExitCodesHelp("nobody leaves a set", "somebody leaves a set, or it is not known yet whether anybody does")}`,
    )
    .action(async (file: string, options: Options) => {
      const plan = parsePlan(await readInput(file));
      const key = readRedactKey(options, environment);
      const { messages, previous } = options;
      const context = readContext(options, environment);
      const current = reportOnPlan(plan, {
        context,
        ...(messages !== undefined && { messages: parseMessages(await readInput(messages)) }),
        ...(key !== undefined && { redactKey: key }),
      });
      const report =
        previous === undefined
          ? current
          : compareReports(current, parsePreviousReport(await readInput(previous), context));
      const printed = { document: planDocument(report), data: report };
      printReport(printed, options);
      refusePlan(report, options);
      if (options.dueAlone === true) refuseUnlessDueAlone(plan, report);
      if (options.refuseProvisioners === true) refuseProvisioners(plan);
      if (options.failUnlessWhole === true) refuseUnlessWhole(report, isPrintedWhole(printed, options));
      end(report.verdict === "nobody_leaves" ? ExitCode.OK : ExitCode.DIFFERENCE);
    });
}

/** @throws Error that names what the plan does besides deletions that are due, if it has both */
function refuseUnlessDueAlone(plan: PlanJson, report: PlanReport): void {
  const { due_deletions: dueDeletions, redacted } = report;
  if (dueDeletions !== "with_others") return;
  const { due } = report.totals;
  const others = findBesideDueDeletions(plan);
  const addresses = redacted ? [...new Set(others.map(resourceAddress))] : others;
  const named = addresses.slice(0, MOST_NAMED).map((address) => printable(address));
  const more = addresses.length > MOST_NAMED ? ", …" : "";
  const [user, day] = due === 1 ? ["a suspended user", "the"] : [formatCount(due, "suspended user"), "their"];
  throw new Error(
    `The plan deletes ${user}, because ${day} day has come, and makes other changes, too, which --due-alone does not allow. It changes ${named.join(", ")}${more}. Nobody was deleted. First apply the other changes with GENAUTH_DUE_DELETIONS=hold, or revert them.`,
  );
}

/** @throws Error that names the provisioners, if any of them is not that of a set */
function refuseProvisioners(plan: PlanJson): void {
  const provisioners = foreignProvisioners(plan);
  if (provisioners === undefined) {
    throw new Error(
      "The plan's JSON does not hold the configuration, so its provisioners are not known. Give the output of terraform show -json for a saved plan.",
    );
  }
  if (provisioners.length === 0) return;
  const named = provisioners
    .slice(0, MOST_NAMED)
    .map(({ address, action }) => `${printable(address)} (${printable(action)})`);
  const more = provisioners.length > MOST_NAMED ? ", …" : "";
  throw new Error(
    `The configuration has ${formatCount(provisioners.length, "provisioner")}, which --refuse-provisioners does not allow: ${named.join(", ")}${more}. A provisioner can run any command with the keys of the apply. Nobody was deleted. Remove it.`,
  );
}

/** How many provisioners an error names. */
const MOST_NAMED = 5;

/** @throws Error with the reason, if the report does not list everyone who may be deleted */
function refuseUnlessWhole({ not_whole: notWhole }: PlanReport, isPrinted: boolean): void {
  const why = notWhole.map(({ set = "the plan", why }) => `${printable(set)} (${why})`);
  if (why.length > 0) {
    throw new Error(
      `The report cannot list everyone who may be deleted: ${why.join(", ")}. Nobody was deleted. First apply what the users come from; do not mark users as sensitive; plan everything at once.`,
    );
  }
  if (!isPrinted) {
    throw new Error(
      "The report is cut, because it would be longer than its place allows. Nobody was deleted. Delete fewer users at once, use --room summary, or print another format.",
    );
  }
}

/** @throws Error with a sentence for the pipeline's log, if the plan must not be applied */
function refusePlan({ plan_failed, verdict, totals }: PlanReport, { failAbove }: Options): void {
  if (plan_failed)
    throw new Error("The plan failed, so it cannot be applied. The engine's own output says why.");
  if (failAbove !== undefined && verdict === "not_known") {
    throw new Error(
      "It is not known yet who would be deleted, so it may be more users than --fail-above allows. First apply the source of the users, then plan again.",
    );
  }
  if (failAbove !== undefined && totals.deleted > failAbove) {
    const atMost = totals.upper_bound ? "At most " : "";
    throw new Error(
      `${atMost}${formatCount(totals.deleted, "user")} would be deleted, more than --fail-above allows (${formatNumber(failAbove)}). Nobody was deleted. If all of them must be deleted, raise the limit; if not, correct the declared users.`,
    );
  }
}
