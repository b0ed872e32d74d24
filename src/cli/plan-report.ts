import { Command } from "commander";
import { parseMessages, planDocument, type PlanReport, reportOnPlan } from "../reports";
import { parsePlan } from "../terraform-json";
import { count } from "../users";
import { ExitCode, readInput, reportExitCodesHelp, wholeNumber } from "./command-line";
import { addReportOptions, printReport, readRedactKey, type ReportOptions } from "./report-options";

interface Options extends ReportOptions {
  readonly messages?: string;
  readonly failAbove?: number;
  readonly digest?: boolean;
  readonly expectDigest?: string;
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
    .option("--fail-above <number>", "exit with 1 if more users than this may be deleted", wholeNumber())
    .option("--digest", "print only the digest of the removals")
    .option(
      "--expect-digest <digest>",
      "exit with 1 unless the removals have this digest, which was approved",
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
      const report = reportOnPlan(plan, {
        ...(options.messages !== undefined && { messages: parseMessages(await readInput(options.messages)) }),
        ...(key !== undefined && { redactKey: key }),
      });
      if (options.digest === true) process.stdout.write(`${report.digest}\n`);
      else printReport(planDocument(report), report, options);
      refusePlan(report, options);
      end(report.verdict === "nobody_leaves" ? ExitCode.OK : ExitCode.DIFFERENCE);
    });
}

/** @throws Error with a sentence for the pipeline's log, if the plan must not be applied */
function refusePlan({ plan_failed, verdict, totals, digest }: PlanReport, options: Options): void {
  const { failAbove, expectDigest } = options;
  if (plan_failed)
    throw new Error("The plan failed, so it cannot be applied. The engine's own output says why.");
  if (failAbove !== undefined && verdict === "not_known") {
    throw new Error(
      "It is not known yet who would be deleted, so it may be more users than --fail-above allows. First apply the source of the users, then plan again.",
    );
  }
  if (failAbove !== undefined && totals.deleted > failAbove) {
    const upTo = totals.upper_bound ? "Up to " : "";
    throw new Error(
      `${upTo}${count(totals.deleted, "user")} would be deleted, more than --fail-above allows (${failAbove}). Nobody was deleted. If all of them must be deleted, raise the limit; if not, correct the declared users.`,
    );
  }
  if (expectDigest !== undefined && expectDigest !== digest) {
    throw new Error(
      `The removals are not those that were approved: the approved digest is ${expectDigest}, the planned one ${digest}. Nobody was deleted. Review the report above, and get it approved again.`,
    );
  }
}
