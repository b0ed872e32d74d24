import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { replaceFile } from "../files";
import { showsColours } from "./command-line";
import {
  checkRedactKey,
  isLinkable,
  layOutMarkdown,
  renderHtml,
  renderJson,
  renderMarkdown,
  renderText,
  type ReportContext,
  type ReportDocument,
} from "../reports";

/** A report, in the forms that its formats need. */
export interface Printable {
  readonly document: ReportDocument;
  /** For JSON. */
  readonly data: unknown;
}

/** The formats of a report, each with the name of the file that `--save` writes. */
const FORMATS = {
  markdown: { file: "report.md", write: ({ document }: Printable) => renderMarkdown(document) },
  text: {
    file: "report.txt",
    write: ({ document }: Printable, isColoured: boolean) => renderText(document, { isColoured }),
  },
  json: { file: "report.json", write: ({ data }: Printable) => renderJson(data) },
  html: { file: "report.html", write: ({ document }: Printable) => renderHtml(document) },
} as const;

type Format = keyof typeof FORMATS;

/** The options of every report. */
export interface ReportOptions {
  readonly format: Format;
  readonly save?: string;
  readonly redact?: boolean;
  readonly stack?: string;
  readonly commit?: string;
  readonly runUrl?: string;
}

/** Adds the options of every report. */
export function addReportOptions(command: Command): Command {
  const formats = new Option("--format <format>", "the format of the report")
    .choices(Object.keys(FORMATS))
    .default(process.stdout.isTTY ? "text" : "markdown", "markdown; on a terminal, text");
  return command
    .addOption(formats)
    .option("--save <folder>", "also write report.md, .txt, .html and .json to this folder")
    .option("--redact", "hash ids and omit labels, for public logs; GENAUTH_REDACT_KEY keys the hashes")
    .option("--stack <name>", "the name of the stack, for the report and the mark of its comment", stackName)
    .option("--commit <id>", "the commit, for the report")
    .option("--run-url <url>", "the address of the pipeline's run, for the report", link);
}

function stackName(text: string): string {
  if (/^[\w.-]{1,100}$/.test(text) && !text.includes("--")) return text;
  throw new InvalidArgumentError("It may hold letters, digits, dots, underscores and single hyphens only.");
}

function link(text: string): string {
  if (isLinkable(text)) return text;
  throw new InvalidArgumentError("It must be a web address, such as https://ci.example.com/runs/1.");
}

/** The context of a report, from the options. */
export function readContext({ stack, commit, runUrl }: ReportOptions): ReportContext {
  return { stack, commit, run_url: runUrl };
}

/**
 * Writes a report to stdout, with colours on a terminal unless `NO_COLOR` is set, and with `--save` to files.
 */
export function printReport(
  report: Printable,
  { format, save }: ReportOptions,
  environment: NodeJS.ProcessEnv,
): void {
  process.stdout.write(FORMATS[format].write(report, showsColours(environment)));
  if (save === undefined) return;
  for (const { file, write } of Object.values(FORMATS))
    replaceFile(join(save, file), Buffer.from(write(report, false)));
}

/** Whether the printed report holds everything essential. Only Markdown is ever cut. */
export function isPrintedWhole(document: ReportDocument, { format }: ReportOptions): boolean {
  return format !== "markdown" || layOutMarkdown(document).isWhole;
}

/** @returns undefined if ids are shown */
export function readRedactKey({ redact }: ReportOptions, environment: NodeJS.ProcessEnv): string | undefined {
  return redact === true ? checkRedactKey(environment) : undefined;
}
