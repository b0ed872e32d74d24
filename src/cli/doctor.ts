import { Command } from "commander";
import { createPoolProbe, PUBLIC_HOSTS } from "../api";
import { type ReachedPool, usePool } from "../operator";
import { renderJson } from "../reports";
import { examinePool, type ReportedPool, reportOn, reportText, type ServiceReport } from "../service";
import {
  addPlainFormats,
  detailedExitCodeOption,
  ExitCode,
  type PlainFormat,
  reportExitCodesHelp,
  showsColours,
} from "./command-line";

export interface FindingOptions {
  readonly format: PlainFormat;
  readonly detailedExitcode?: boolean;
}

/** Adds the options of what reports findings. */
export function addFindingOptions(command: Command): Command {
  return addPlainFormats(command).addOption(detailedExitCodeOption());
}

/** The pool that settings name. */
export function poolOf({ host, accessKeyId, tenantId }: ReachedPool["settings"]): ReportedPool {
  return { host, access_key_id: accessKeyId, tenant_id: tenantId };
}

export function printFindings(
  report: ServiceReport,
  format: PlainFormat,
  environment: NodeJS.ProcessEnv,
): void {
  process.stdout.write(
    format === "json" ? renderJson(report) : reportText(report, showsColours(environment)),
  );
}

/** Ends with the exit code of a report, if it is asked for. @throws Error that names what stands against the pool */
export function endWith(
  { verdict, questions }: ServiceReport,
  { detailedExitcode }: FindingOptions,
  end: (code: number) => void,
): void {
  const stops = questions.filter(({ result }) => result === "stop").map(({ title }) => title);
  if (stops.length > 0)
    throw new Error(
      `The provider cannot work safely with this pool yet: ${stops.join(", ")}. The report says what to do.`,
    );
  if (detailedExitcode === true && verdict !== "fine") end(ExitCode.DIFFERENCE);
}

/**
 * `cdktf-genauth doctor`: finds out how a user pool behaves before anything depends on it.
 *
 * @param environment contains the credentials and settings
 * @param end receives the exit code, which says whether there is advice
 */
export function doctorCommand(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  return addFindingOptions(new Command("doctor"))
    .description("Check whether the provider works safely with a user pool. Only reads, and shows no id.")
    .addHelpText(
      "after",
      `
Makes about 30 calls; a read-only key is enough. What a pool does not show, for
example because nobody is suspended, is "not known". The default host is
GenAuth's, ${PUBLIC_HOSTS.genauth}; Authing's is ${PUBLIC_HOSTS.authing}.

Example:
  $ cdktf-genauth doctor
${reportExitCodesHelp("nothing stands against the pool", "with --detailed-exitcode: the provider works, and there is advice", "the provider cannot work safely, a call failed, or wrong usage; the reason is on stderr")}`,
    )
    .action(async (options: FindingOptions) => {
      const report = await usePool(createPoolProbe, environment, async ({ client, settings }) => {
        const pool = poolOf(settings);
        return reportOn("doctor", pool, await examinePool(client, pool));
      });
      printFindings(report, options.format, environment);
      endWith(report, options, end);
    });
}
