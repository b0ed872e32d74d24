import { Command } from "commander";
import { parseMessages, planDocument, type PlanReport, reportOnPlan } from "../reports";
import { parsePlan } from "../terraform-json";
import { count } from "../users";
import { ExitCode, reportExitCodesHelp } from "./exit-codes";
import { readInput } from "./input";
import { type Format, formatOption, printReport, redactKey, redactOption } from "./report-options";
import { wholeNumber } from "./whole-number";

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
  return new Command("plan-report")
    .description("Say who loses the account by a plan: for a pull request, a log, a page or a program.")
    .argument("[file]", "what `terraform show -json` printed of a saved plan; - reads standard input", "-")
    .addOption(formatOption())
    .option(
      "--messages <file>",
      "what `terraform plan -json` printed, for the warnings and guards of the run; a plan holds none",
    )
    .addOption(redactOption())
    .option("--fail-above <number>", "end with 1 where more users than this would be deleted", wholeNumber())
    .option("--digest", "print nothing but the digest of the removals")
    .option(
      "--expect-digest <digest>",
      "end with 1 unless the removals have this digest, which somebody approved",
    )
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
      const key = redactKey(options.redact, environment);
      const report = reportOnPlan(plan, {
        ...(options.messages !== undefined && { messages: parseMessages(await readInput(options.messages)) }),
        ...(key !== undefined && { redactKey: key }),
      });
      if (options.digest === true) process.stdout.write(`${report.digest}\n`);
      else printReport(planDocument(report), report, options.format);
      refuse(report, options);
      end(report.verdict === "nobody_leaves" ? ExitCode.OK : ExitCode.DIFFERENCE);
    });
}

/** @throws Error with a sentence for the log of the pipeline, where the plan must not go on */
function refuse({ plan_failed, verdict, totals, digest }: PlanReport, options: Options): void {
  const { failAbove, expectDigest } = options;
  if (plan_failed)
    throw new Error("The plan failed, so it cannot be applied. The engine's own output says why.");
  if (failAbove !== undefined && verdict === "not_known") {
    throw new Error(
      "Who would be deleted is not known yet, so it may be more than --fail-above allows. Apply what the users come from first, then plan again.",
    );
  }
  if (failAbove !== undefined && totals.deleted > failAbove) {
    const { already_gone: alreadyGone } = totals;
    const some = alreadyGone > 0 ? ` (${alreadyGone} of them only if found again)` : "";
    throw new Error(
      `${count(totals.deleted, "user")} would be deleted${some}, more than --fail-above allows (${failAbove}). Nobody was deleted. If all of them are to go, raise the limit; if not, correct the declared users.`,
    );
  }
  if (expectDigest !== undefined && expectDigest !== digest) {
    throw new Error(
      `The removals are not those that were approved: approved was ${expectDigest}, planned is ${digest}. Nobody was deleted. Review the report above, and have it approved anew.`,
    );
  }
}
