import { Command, Option } from "commander";
import { createPoolProbe, PUBLIC_HOSTS } from "../api";
import { doctorText, type DoctorReport, examinePool } from "../doctor";
import { reachPoolBy } from "../operator";
import { renderJson } from "../reports";
import { ExitCode, reportExitCodesHelp, showsColours } from "./command-line";

const RENDERERS: Readonly<Record<"text" | "json", (report: DoctorReport, isColoured: boolean) => string>> = {
  text: doctorText,
  json: (report) => renderJson(report),
};

interface Options {
  readonly format: keyof typeof RENDERERS;
}

/**
 * `genauth-users doctor`: finds out how a user pool behaves before anything depends on it.
 *
 * @param environment contains the credentials and settings
 * @param end receives the exit code, which says whether there is advice
 */
export function doctorCommand(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  return new Command("doctor")
    .description(
      "Check whether the provider works safely with a user pool. Changes nothing, and shows no id.",
    )
    .addOption(
      new Option("--format <format>", "the format of the report")
        .choices(Object.keys(RENDERERS))
        .default("text"),
    )
    .addHelpText(
      "after",
      `
Makes about 50 calls that only read, and shows what each check found and what
follows from it. What a pool does not show, for example because nobody is
suspended, is reported as not known. Reads GENAUTH_HOST, GENAUTH_ACCESS_KEY_ID,
GENAUTH_ACCESS_KEY_SECRET and the other settings from the environment, as the
provider does. A read-only key is enough. The default host is GenAuth's,
${PUBLIC_HOSTS.genauth}; Authing's is ${PUBLIC_HOSTS.authing}.

Example:
  $ genauth-users doctor
${reportExitCodesHelp("nothing stands against the pool", "the provider works, and there is advice", "the provider cannot work safely, a call failed, or wrong usage; the reason is on stderr")}`,
    )
    .action(async ({ format }: Options) => {
      const { client: probe, settings } = reachPoolBy(createPoolProbe, environment);
      try {
        const report = await examinePool(probe, settings);
        process.stdout.write(RENDERERS[format](report, showsColours(environment)));
        if (report.verdict === "stop") throw new Error(refusal(report));
        end(report.verdict === "fine" ? ExitCode.OK : ExitCode.DIFFERENCE);
      } finally {
        probe.close();
      }
    });
}

function refusal({ checks }: DoctorReport): string {
  const titles = checks.filter(({ result }) => result === "stop").map(({ title }) => title);
  return `The provider cannot work safely with this pool yet: ${titles.join(", ")}. The report says what to do.`;
}
