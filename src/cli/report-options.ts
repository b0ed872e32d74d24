import { Option } from "commander";
import { type ReportDocument, renderHtml, renderJson, renderMarkdown, renderText } from "../reports";

/** The formats that a report is written in. */
export type Format = "markdown" | "text" | "json" | "html";

const RENDERERS: Readonly<Record<Format, (document: ReportDocument, data: unknown) => string>> = {
  markdown: (document) => renderMarkdown(document),
  text: (document) => renderText(document),
  json: (_document, data) => renderJson(data),
  html: (document) => renderHtml(document),
};

/** `--format`, the same for every report. */
export function formatOption(): Option {
  return new Option("--format <format>", "how the report is written")
    .choices(Object.keys(RENDERERS))
    .default("markdown");
}

/** `--redact`, the same for every report. */
export function redactOption(): Option {
  return new Option(
    "--redact",
    `replace ids by a hash keyed with ${REDACT_KEY}, and leave labels out: for public logs`,
  );
}

/** Writes a report on stdout. */
export function printReport(document: ReportDocument, data: unknown, format: Format): void {
  process.stdout.write(RENDERERS[format](document, data));
}

const REDACT_KEY = "GENAUTH_REDACT_KEY";

/** Shorter keys can be found by trying. In characters. */
const SHORTEST_KEY = 16;

/**
 * The key of `--redact`, from the environment: a command line is seen by everybody on the machine.
 *
 * @returns undefined where ids are shown
 */
export function redactKey(redact: boolean | undefined, environment: NodeJS.ProcessEnv): string | undefined {
  if (redact !== true) return undefined;
  const key = environment[REDACT_KEY] ?? "";
  if (key.length < SHORTEST_KEY) {
    throw new Error(
      `--redact needs a secret key of at least ${SHORTEST_KEY} characters in ${REDACT_KEY}, such as one that openssl rand -hex 16 makes. Keep it: reports with the same key can be compared.`,
    );
  }
  return key;
}
