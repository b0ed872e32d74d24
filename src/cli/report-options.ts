import { type Command, Option } from "commander";
import { type ReportDocument, renderHtml, renderJson, renderMarkdown, renderText } from "../reports";

/** The formats that a report is written in. */
export type Format = "markdown" | "text" | "json" | "html";

const RENDERERS: Readonly<Record<Format, (document: ReportDocument, data: unknown) => string>> = {
  markdown: (document) => renderMarkdown(document),
  text: (document) => renderText(document),
  json: (_document, data) => renderJson(data),
  html: (document) => renderHtml(document),
};

const FORMATS = Object.keys(RENDERERS);

/** What every report takes: `--format` and `--redact`. */
export function addReportOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--format <format>", "the format of the report").choices(FORMATS).default("markdown"),
    )
    .option("--redact", `replace ids by a hash keyed with ${REDACT_KEY}, and omit labels: for public logs`)
    .configureOutput({ outputError: (text, write) => write(suggestFormat(text)) });
}

/** Other tools spell it `--json`, so that is answered with what is right here. */
function suggestFormat(error: string): string {
  const format = /^error: unknown option '--?(\w+)'/.exec(error)?.[1] ?? "";
  return FORMATS.includes(format)
    ? `error: unknown option '--${format}'. Write --format ${format}.\n`
    : error;
}

/** Writes a report on stdout. */
export function printReport(document: ReportDocument, data: unknown, format: Format): void {
  process.stdout.write(RENDERERS[format](document, data));
}

const REDACT_KEY = "GENAUTH_REDACT_KEY";

/** Shorter keys can be found by trying. In characters. */
const SHORTEST_KEY = 16;

/**
 * The key of `--redact`, from the environment: a command line is visible to everyone on the machine.
 *
 * @returns undefined where ids are shown
 */
export function readRedactKey(
  redact: boolean | undefined,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (redact !== true) return undefined;
  const key = environment[REDACT_KEY] ?? "";
  if (key.length < SHORTEST_KEY) {
    throw new Error(
      `--redact needs a secret key of at least ${SHORTEST_KEY} characters in ${REDACT_KEY}, such as one that openssl rand -hex 16 prints. Keep it: reports with the same key can be compared.`,
    );
  }
  return key;
}
