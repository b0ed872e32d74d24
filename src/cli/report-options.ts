import { type Command, Option } from "commander";
import { type ReportDocument, renderHtml, renderJson, renderMarkdown, renderText } from "../reports";

/** The formats of a report. */
type Format = "markdown" | "text" | "json" | "html";

const RENDERERS: Readonly<Record<Format, (document: ReportDocument, data: unknown) => string>> = {
  markdown: (document) => renderMarkdown(document),
  text: (document) => renderText(document),
  json: (_document, data) => renderJson(data),
  html: (document) => renderHtml(document),
};

const FORMATS = Object.keys(RENDERERS);

/** The options of every report. */
export interface ReportOptions {
  readonly format: Format;
  readonly redact?: boolean;
}

/** Adds the options of every report. */
export function addReportOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--format <format>", "the format of the report").choices(FORMATS).default("markdown"),
    )
    .option("--redact", `replace ids with a hash keyed with ${REDACT_KEY}, and omit labels; for public logs`)
    .configureOutput({ outputError: (text, write) => write(suggestFormat(text)) });
}

/** Other tools have an option `--json`. The error for it names the right one. */
function suggestFormat(error: string): string {
  const format = /^error: unknown option '--?(\w+)'/.exec(error)?.[1] ?? "";
  return FORMATS.includes(format)
    ? `error: unknown option '--${format}'. Write --format ${format}.\n`
    : error;
}

/** Writes a report to stdout. */
export function printReport(document: ReportDocument, data: unknown, { format }: ReportOptions): void {
  process.stdout.write(RENDERERS[format](document, data));
}

const REDACT_KEY = "GENAUTH_REDACT_KEY";

/** Shorter keys are open to brute force. In characters. */
const SHORTEST_KEY = 16;

/**
 * Reads the key of `--redact` from the environment, since a command line is visible to everyone on the machine.
 *
 * @returns undefined if ids are shown
 */
export function readRedactKey({ redact }: ReportOptions, environment: NodeJS.ProcessEnv): string | undefined {
  if (redact !== true) return undefined;
  const key = environment[REDACT_KEY] ?? "";
  if (key.length < SHORTEST_KEY) {
    throw new Error(
      `--redact needs a secret key of at least ${SHORTEST_KEY} characters in ${REDACT_KEY}, such as the output of openssl rand -hex 16. Keep it: only reports with the same key can be compared.`,
    );
  }
  return key;
}
