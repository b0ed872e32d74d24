import { Command, Option } from "commander";
import {
  compareReports,
  joinReports,
  lookUpNames,
  parseMessages,
  parsePreviousReport,
  planDocument,
  type PlanRefusal,
  type PlanReport,
  PlanReportSchema,
  readReportJson,
  refusalText,
  type RefusalRules,
  refuseReport,
  reportOnMissingPlan,
  reportOnPlan,
  stacksDocument,
} from "../reports";
import { AllowList, findPlanFault } from "../plan-gate";
import { reachPool } from "../operator";
import { parsePlan, type PlanJson } from "../terraform-json";
import { printable } from "../text";
import { UserLookUps } from "../users";
import { addValue, allowOption, ExitCode, readInput, reportExitCodesHelp, wholeNumber } from "./command-line";
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
  readonly join?: readonly string[];
  readonly lookUp?: boolean;
  readonly previous?: string;
  readonly failAbove?: number;
  readonly failUnlessWhole?: boolean;
  readonly onlyAllowed?: boolean;
  readonly allow: readonly string[];
  readonly refuse: readonly string[];
  readonly refuseDeclared?: boolean;
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
    .option(
      "--join <files...>",
      "instead of a plan: the JSON reports of several stacks, for one report with one total, the gravest stack first",
    )
    .option(
      "--look-up",
      "look up the names in GenAuth of everybody who is deleted or suspended; the messages name the first 20 of each set",
    )
    .option("--previous <file>", "the last report of the same stack as JSON, to say what is new since")
    .option(
      "--fail-above <number>",
      "exit with 1 if more users than this may be deleted or suspended",
      wholeNumber(),
    )
    .option(
      "--fail-unless-whole",
      "exit with 1 if the report does not list everyone who may be deleted: unknown, sensitive or cut",
    )
    .option(
      "--only-allowed",
      "exit with 1 if the plan holds a provider, a resource type, a data source, a module from elsewhere, a provisioner or anything else that is neither of this package nor allowed with --allow",
    )
    .addOption(allowOption().implies({ onlyAllowed: true }))
    .addOption(
      new Option("--refuse <text>", "exit with 1 for this reason, such as what a policy found; repeatable")
        .argParser(addValue)
        .default([], "none"),
    )
    .option(
      "--refuse-declared",
      "exit with 1 if somebody loses the account whom another set of the state or the plan still declares",
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
  $ terraform show -json tfplan |
      genauth-users plan-report --messages messages.jsonl > report.md
  $ genauth-users plan-report plan.json --look-up > report.md
  $ genauth-users plan-report --join eu/report.json us/report.json > comment.md
${reportExitCodesHelp("nobody leaves a set or is reactivated", "somebody is, or it is not known yet")}`,
    )
    .action(async (file: string, options: Options) => {
      if (options.join !== undefined) {
        end(await joinReportFiles(options.join, options, environment));
        return;
      }
      const text = await readInput(file);
      const key = readRedactKey(options, environment);
      const { messages, previous } = options;
      const context = readContext(options);
      // A run that fails early writes no plan. Its messages say why.
      const isMissing = text.trim() === "" && messages !== undefined;
      const plan = isMissing ? undefined : parsePlan(text);
      const reportOptions = {
        context,
        ...(messages !== undefined && parseMessages(await readInput(messages))),
        ...(key !== undefined && { redactKey: key }),
        ...(plan && options.lookUp === true && { names: await readNames(plan, environment) }),
        refuse: isMissing ? {} : rulesOf(options, text),
      };
      const current = plan ? reportOnPlan(plan, reportOptions) : reportOnMissingPlan(reportOptions);
      const compared =
        previous === undefined
          ? current
          : compareReports(current, parsePreviousReport(await readInput(previous), context));
      const isWhole = isPrintedWhole(planDocument(compared), options);
      const report = options.failUnlessWhole === true && !isWhole ? refuseReport(compared, CUT) : compared;
      printReport({ document: planDocument(report), data: report }, options, environment);
      if (report.refusals.length > 0) throw new Error(report.refusals.map(refusalText).join("\n"));
      end(exitCodeOf(report));
    });
}

/** Names that cannot be looked up are blank in the report, which is worth more than none. */
async function readNames(plan: PlanJson, environment: NodeJS.ProcessEnv): ReturnType<typeof lookUpNames> {
  const { client } = reachPool(environment);
  try {
    const names = await lookUpNames(plan, new UserLookUps(client));
    if (names.failure !== undefined)
      process.stderr.write(`warning: Some names in GenAuth could not be looked up: ${names.failure}\n`);
    return names;
  } finally {
    client.close();
  }
}

/** @returns the exit code */
async function joinReportFiles(
  files: readonly string[],
  options: Options,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const reports = await Promise.all(files.map(readReport));
  const { failAbove } = options;
  const joined = joinReports(reports, failAbove === undefined ? {} : { above: failAbove });
  const isCut = options.failUnlessWhole === true && !isPrintedWhole(stacksDocument(joined), options);
  const report = isCut ? refuseReport(joined, CUT) : joined;
  printReport({ document: stacksDocument(report), data: report }, options, environment);
  if (report.refusals.length > 0) throw new Error(report.refusals.map(refusalText).join("\n"));
  return exitCodeOf(report);
}

/** A reactivation needs an approval as well. */
function exitCodeOf({ verdict, totals }: Pick<PlanReport, "verdict" | "totals">): number {
  return verdict === "nobody_leaves" && totals.reactivated === 0 ? ExitCode.OK : ExitCode.DIFFERENCE;
}

/** @throws Error that names the file, if it is not the JSON report of a plan by this version */
async function readReport(file: string): Promise<PlanReport> {
  const data = readReportJson(PlanReportSchema, await readInput(file));
  if (!data)
    throw new Error(
      `${printable(file)} is not the JSON report of a plan by this version. Give the output of plan-report --format json.`,
    );
  return data;
}

function rulesOf(
  { failAbove, failUnlessWhole, refuseDeclared, dueAlone, onlyAllowed, allow, refuse }: Options,
  plan: string,
): RefusalRules {
  const fault = onlyAllowed === true ? findPlanFault(plan, new AllowList(allow)) : undefined;
  return {
    ...(failAbove !== undefined && { above: failAbove }),
    notWhole: failUnlessWhole === true,
    declaredElsewhere: refuseDeclared === true,
    besideDue: dueAlone === true,
    found: refuse,
    ...(fault && { notAllowed: fault }),
  };
}

const CUT: PlanRefusal = {
  why: "cut",
  summary: "The report is cut, because it would be longer than its place allows",
  detail: "Delete fewer users at once, use --room summary, or print another format.",
};
