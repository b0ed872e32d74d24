import { Command } from "commander";
import { createPoolProbe, PUBLIC_HOSTS } from "../api";
import { usePool } from "../operator";
import { renderJson } from "../reports";
import { examinePool, reportOn, reportText, type ServiceReport } from "../service";
import {
  plainFormatOption,
  detailedExitCodeOption,
  ExitCode,
  type PlainFormat,
  reportExitCodesHelp,
  showsColours,
} from "./command-line";

interface Options {
  readonly format: PlainFormat;
  readonly detailedExitcode?: boolean;
}

/**
 * `cdktf-genauth doctor`: finds out how a user pool behaves before anything depends on it.
 *
 * @param environment contains the credentials and settings
 * @param end receives the exit code, which says whether there is advice
 */
export function doctorCommand(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  return new Command("doctor")
    .addOption(plainFormatOption())
    .addOption(detailedExitCodeOption())
    .description("Check whether the provider works safely with a user pool. Only reads, and shows no id.")
    .addHelpText(
      "after",
      `
Makes at most 20 calls; a read-only key is enough. What a pool does not show,
for example because nobody is suspended, is "not known". The default host is
GenAuth's, ${PUBLIC_HOSTS.genauth}; Authing's is ${PUBLIC_HOSTS.authing}.

Example:
  $ cdktf-genauth doctor
${reportExitCodesHelp("nothing stands against the pool", "with --detailed-exitcode: the provider works, and there is advice", "the provider cannot work safely, a call failed, or wrong usage; the reason is on stderr")}`,
    )
    .action(async ({ format, detailedExitcode }: Options) => {
      const report = await usePool(createPoolProbe, environment, async ({ client, settings }) => {
        const { host, accessKeyId, tenantId } = settings;
        const pool = { host, access_key_id: accessKeyId, tenant_id: tenantId };
        return reportOn(pool, await examinePool(client, pool));
      });
      process.stdout.write(
        format === "json" ? renderJson(report) : reportText(report, showsColours(environment)),
      );
      refuseUnsafe(report);
      if (detailedExitcode === true && report.verdict !== "fine") end(ExitCode.DIFFERENCE);
    });
}

/** @throws Error that names what stands against the pool */
function refuseUnsafe({ questions }: ServiceReport): void {
  const stops = questions.filter(({ result }) => result === "stop").map(({ title }) => title);
  if (stops.length > 0)
    throw new Error(
      `The provider cannot work safely with this pool yet: ${stops.join(", ")}. The report says what to do.`,
    );
}
