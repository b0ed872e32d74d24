import { basename, extname } from "node:path";
import { Command } from "commander";
import { AllowList, findPlanFault } from "../plan-gate";
import { reachPool } from "../operator";
import {
  joinReports,
  parseMessages,
  type OtherStack,
  planDocument,
  type PlanReport,
  refusalText,
  refuseCut,
  reportOnRun,
} from "../reports";
import { parsePlan } from "../terraform-json";
import { UserLookUps } from "../users";
import {
  addValue,
  allowOption,
  detailedExitCodeOption,
  ExitCode,
  readInput,
  readShown,
  reportExitCodesHelp,
  wholeNumber,
} from "./command-line";
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
  readonly lookUp?: boolean;
  readonly userIds?: boolean;
  readonly failAbove?: number;
  readonly failUnlessWhole?: boolean;
  readonly onlyAllowed?: boolean;
  readonly new?: boolean;
  readonly protect: readonly string[];
  readonly allow: readonly string[];
  readonly detailedExitcode?: boolean;
}

/**
 * `cdktf-genauth plan-report`: reports to a plan's reviewers which users it deletes.
 *
 * @param environment contains the key of `--redact`
 * @param end receives the exit code, which says whether users leave
 */
export function planReportCommand(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  return addReportOptions(new Command("plan-report"))
    .description("Report which users a plan deletes, for a pull request, a log, a web page or a program.")
    .argument(
      "[file]",
      "a saved plan of this folder, or the output of `terraform show -json`; - for standard input",
      "-",
    )
    .option("--messages <file>", "`terraform plan -json`: reasons and warnings, which no plan file holds")
    .option("--look-up", "look up the names of all who are deleted or suspended; messages name 20 a set")
    .option("--user-ids", "show the accounts that a guard lets through: the system user ids in the state")
    .option("--fail-above <number>", "exit with 1 if more may be deleted or suspended", wholeNumber())
    .option("--fail-unless-whole", "exit with 1 if not everyone who may be deleted is listed")
    .option(
      "--new",
      "the first apply of this stack: without it, a state without sets was lost, and is refused",
    )
    .option(
      "--protect <file>",
      "the plan of another stack, as JSON: say who is still declared there; repeatable",
      addValue,
      [],
    )
    .option("--only-allowed", "exit with 1 if the plan holds what is neither of this package nor allowed")
    .addOption(allowOption().implies({ onlyAllowed: true }))
    .addOption(detailedExitCodeOption())
    .addHelpText(
      "after",
      `
Example:
  $ terraform plan -out=tfplan -json > messages.jsonl
  $ cdktf-genauth plan-report tfplan --messages messages.jsonl > report.md
  $ terraform show -json tfplan | cdktf-genauth plan-report --look-up
${reportExitCodesHelp("done", "with --detailed-exitcode: somebody leaves a set or is reactivated, or it is not known yet")}`,
    )
    .action(async (file: string, options: Options) => {
      const text = await readShown(file, environment);
      const redactKey = readRedactKey(options, environment);
      const { messages, failAbove, failUnlessWhole = false, onlyAllowed = false, allow } = options;
      const others = await Promise.all(options.protect.map((other) => readOther(other, environment)));
      // A run that fails early writes no plan. Its messages say why.
      const json = text.trim() === "" && messages !== undefined ? undefined : text;
      const fault =
        json !== undefined && onlyAllowed ? findPlanFault(parsePlan(json), new AllowList(allow)) : undefined;
      const pool = json !== undefined && options.lookUp === true ? reachPool(environment) : undefined;
      try {
        const { report: ofStack, failure } = await reportOnRun({
          json,
          context: readContext(options),
          ...(messages !== undefined && parseMessages(await readInput(messages))),
          redactKey,
          host: environment["GENAUTH_HOST"],
          lookUps: pool && new UserLookUps(pool.client),
          refuse: {
            above: failAbove,
            notWhole: failUnlessWhole,
            notAllowed: fault,
            lostState: options.new !== true,
            notNew: options.new === true,
          },
          others,
        });
        if (failure !== undefined)
          process.stderr.write(`warning: Some names in GenAuth could not be looked up: ${failure}\n`);
        const found = joinReports([ofStack]);
        const document = (of: PlanReport) => planDocument(of, options.userIds);
        const isCut = failUnlessWhole && !isPrintedWhole(document(found), options);
        const report = isCut ? refuseCut(found) : found;
        printReport({ document: document(report), data: report }, options, environment);
        if (report.refusals.length > 0) throw new Error(report.refusals.map(refusalText).join("\n"));
        if (options.detailedExitcode === true) end(exitCodeOf(report));
      } finally {
        pool?.client.close();
      }
    });
}

/**
 * The plan of another stack, named by its file. The guard keeps the people that it declares, before or after
 * its change.
 */
async function readOther(file: string, environment: NodeJS.ProcessEnv): Promise<OtherStack> {
  const plan = parsePlan(await readShown(file, environment));
  return { stack: basename(file, extname(file)), plan, isHeld: true };
}

/** A reactivation, and an id that means another account, need an approval as well. */
function exitCodeOf({ verdict, totals }: PlanReport): number {
  return verdict === "nobody_leaves" && totals.reactivated + totals.rebound === 0
    ? ExitCode.OK
    : ExitCode.DIFFERENCE;
}
