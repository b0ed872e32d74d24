import { Command } from "commander";
import { parseMessages, planDocument, type PlanReport, reportOnPlan } from "../reports";
import { parsePlan } from "../terraform-json";
import { count } from "../users";
import { ExitCode, readInput, reportExitCodesHelp, wholeNumber } from "./command-line";
import { addReportOptions, type Format, printReport, readRedactKey } from "./report-options";

interface Options {
  readonly format: Format;
  readonly messages?: string;
  readonly redact?: boolean;
  readonly failAbove?: number;
  readonly digest?: boolean;
  readonly expectDigest?: string;
}

/**
 * `genauth-users plan-report`: who loses the account by a plan, for those who review it.
 *
 * @param environment where the key of `--redact` is taken from
 * @param end takes the exit code, which tells whether somebody leaves
 */
export function planReportCommand(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  return addReportOptions(new Command("plan-report"))
    .description("Report who loses the account by a plan: for a pull request, a log, a page or a program.")
    .argument("[file]", "what `terraform show -json` printed of a saved plan; - reads standard input", "-")
    .option(
      "--messages <file>",
      "what `terraform plan -json` printed: the reasons, warnings and guards, which a plan file does not hold",
    )
    .option("--fail-above <number>", "exit with 1 if more users than this may be deleted", wholeNumber())
    .option("--digest", "print nothing but the digest of the removals")
    .option("--expect-digest <digest>", "exit with 1 unless the removals have this approved digest")
    .addHelpText(
      "after",
      `
Example:
  $ terraform plan -out=tfplan -json > messages.jsonl
  $ terraform show -json tfplan | genauth-users plan-report --messages messages.jsonl > report.md
${reportExitCodesHelp("nobody leaves a set", "somebody leaves a set, or may: it is not known yet")}`,
    )
    .action(async (file: string, options: Options) => {
      const plan = parsePlan(await readInput(file));
      const key = readRedactKey(options.redact, environment);
      const report = reportOnPlan(plan, {
        ...(options.messages !== undefined && { messages: parseMessages(await readInput(options.messages)) }),
        ...(key !== undefined && { redactKey: key }),
      });
      if (options.digest === true) process.stdout.write(`${report.digest}\n`);
      else printReport(planDocument(report), report, options.format);
      refusePlan(report, options);
      end(report.verdict === "nobody_leaves" ? ExitCode.OK : ExitCode.DIFFERENCE);
    });
}

/** @throws Error with a sentence for the log of the pipeline, where the plan must not go on */
function refusePlan({ plan_failed, verdict, totals, digest }: PlanReport, options: Options): void {
  const { failAbove, expectDigest } = options;
  if (plan_failed)
    throw new Error("The plan failed, so it cannot be applied. The engine's own output says why.");
  if (failAbove !== undefined && verdict === "not_known") {
    throw new Error(
      "Who would be deleted is not known yet, so it may be more than --fail-above allows. Apply what the users come from first, then plan again.",
    );
  }
  if (failAbove !== undefined && totals.deleted > failAbove) {
    const upTo = totals.upper_bound ? "Up to " : "";
    throw new Error(
      `${upTo}${count(totals.deleted, "user")} would be deleted, more than --fail-above allows (${failAbove}). Nobody was deleted. If all of them are to go, raise the limit; if not, correct the declared users.`,
    );
  }
  if (expectDigest !== undefined && expectDigest !== digest) {
    throw new Error(
      `The removals are not those that were approved: approved was ${expectDigest}, planned is ${digest}. Nobody was deleted. Review the report above, and have it approved again.`,
    );
  }
}
