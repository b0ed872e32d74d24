import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { replaceFile } from "../files";
import { showsColours } from "./command-line";
import {
  isLinkable,
  layOutMarkdown,
  renderAnnotations,
  renderHtml,
  renderJson,
  renderMarkdown,
  renderText,
  type ReportContext,
  type ReportDocument,
  type Room,
  ROOMS,
} from "../reports";

/** A report, in the forms that its formats need. */
export interface Printable {
  readonly document: ReportDocument;
  /** For JSON. */
  readonly data: unknown;
}

/** The formats of a report, each with the name of the file that `--save` writes. */
const FORMATS = {
  markdown: {
    file: "report.md",
    write: ({ document }: Printable, room: Room) => renderMarkdown(document, room),
  },
  text: {
    file: "report.txt",
    write: ({ document }: Printable, _room: Room, isColoured: boolean) =>
      renderText(document, { isColoured }),
  },
  json: { file: "report.json", write: ({ data }: Printable) => renderJson(data) },
  comment: { file: "comment.md", write: ({ document }: Printable) => renderMarkdown(document, "comment") },
  html: { file: "report.html", write: ({ document }: Printable) => renderHtml(document) },
  annotations: { file: undefined, write: ({ document }: Printable) => renderAnnotations(document) },
} as const;

type Format = keyof typeof FORMATS;

/** The options of every report. */
export interface ReportOptions {
  readonly format: Format;
  readonly room: Room;
  readonly save?: string;
  readonly redact?: boolean;
  readonly stack?: string;
  readonly pool?: string;
  readonly commit?: string;
  readonly ticket?: string;
  readonly reason?: string;
  readonly runUrl?: string;
}

/** Adds the options of every report. */
export function addReportOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--format <format>", "the format of the report")
        .choices(Object.keys(FORMATS))
        .default(process.stdout.isTTY ? "text" : "markdown", "markdown; on a terminal, text"),
    )
    .addOption(
      new Option("--room <room>", "how long Markdown may be: as a comment, or as the summary of a job")
        .choices(Object.keys(ROOMS))
        .default("comment"),
    )
    .option(
      "--save <folder>",
      "also write report.md, report.txt, report.html, report.json and comment.md to this folder",
    )
    .option("--redact", `replace ids with a hash keyed with ${REDACT_KEY}, and omit labels; for public logs`)
    .option("--stack <name>", "the name of the stack, for the report and the mark of its comment", stackName)
    .option(
      "--pool <name>",
      "the name of the user pool, for the report (default of plan-report: the address in the messages)",
    )
    .option("--commit <id>", "the commit, for the report")
    .option("--ticket <text>", "the ticket of the change, for the report")
    .option("--reason <text>", "why the change is made, for the report")
    .option("--run-url <url>", "the address of the pipeline's run, for the report", link)
    .configureOutput({ outputError: (text, write) => write(suggestFormat(text)) });
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
export function readContext({ stack, pool, commit, ticket, reason, runUrl }: ReportOptions): ReportContext {
  return {
    ...(stack !== undefined && { stack }),
    ...(pool !== undefined && { pool }),
    ...(commit !== undefined && { commit }),
    ...(ticket !== undefined && { ticket }),
    ...(reason !== undefined && { reason }),
    ...(runUrl !== undefined && { run_url: runUrl }),
  };
}

/** Other tools have an option `--json`. The error for it names the right one. */
function suggestFormat(error: string): string {
  const format = /^error: unknown option '--?(\w+)'/.exec(error)?.[1] ?? "";
  return Object.hasOwn(FORMATS, format)
    ? `error: unknown option '--${format}'. Write --format ${format}.\n`
    : error;
}

/** Writes a report to stdout, with colours on a terminal unless `NO_COLOR` is set, and with `--save` to files. */
export function printReport(
  report: Printable,
  { format, room, save }: ReportOptions,
  environment: NodeJS.ProcessEnv,
): void {
  const isColoured = showsColours(environment);
  process.stdout.write(FORMATS[format].write(report, room, isColoured));
  if (save === undefined) return;
  for (const { file, write } of Object.values(FORMATS)) {
    if (file !== undefined) replaceFile(join(save, file), Buffer.from(write(report, room, false)));
  }
}

/** Whether the printed report holds everything essential. Only Markdown is ever cut. */
export function isPrintedWhole(document: ReportDocument, { format, room }: ReportOptions): boolean {
  if (format === "comment") return layOutMarkdown(document, "comment").isWhole;
  return format !== "markdown" || layOutMarkdown(document, room).isWhole;
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
