import { printableLines } from "../text";
import { showLine } from "./programs";

/** An error of an engine that wrote no plan. */
export interface EngineError {
  readonly severity: "error";
  readonly summary: string;
  readonly detail: string;
}

/**
 * Reads the errors among the messages of `plan -json` of an engine that wrote no plan.
 *
 * @param code its exit code
 * @returns at least one
 */
export function readEngineErrors(messages: string, code: number): EngineError[] {
  const found: EngineError[] = [];
  // Lines of a program that the engine started.
  const others: string[] = [];
  for (const line of messages.split("\n").filter((each) => each.trim() !== "")) {
    const message = parseLine(line);
    if (message === undefined) others.push(line);
    else if (message["@level"] === "error") found.push(describeError(message));
  }
  if (found.length === 0 || others.length > 0)
    found.push(
      engineError(
        `The engine ended without a plan (exit code ${code})`,
        others.length > 0 ? others.join("\n") : "It gave no reason. The log may hold one.",
      ),
    );
  return found;
}

function describeError({ "@message": said, diagnostic }: EngineMessage): EngineError {
  const { summary, detail = "", address, range } = diagnostic ?? {};
  const line = range && `${range.filename} line ${range.start.line}`;
  const place = [address, line].filter((each) => each !== undefined).join(", ");
  // A report knows no place: it is in the detail.
  const lines = [...(place === "" ? [] : [`In ${place}:`]), detail];
  return engineError(summary ?? said ?? "unknown", lines.join("\n"));
}

/** An error that is no engine's own. */
export function engineError(summary: string, detail: string): EngineError {
  return { severity: "error", summary: printableLines(summary), detail: printableLines(detail.trim()) };
}

/** Shows an error in the log, as an engine shows it to people. */
export function showEngineError({ summary, detail }: EngineError): void {
  for (const line of [`Error: ${summary}`, ...detail.split("\n")]) showLine(line);
}

interface EngineMessage {
  readonly "@level"?: string;
  readonly "@message"?: string;
  readonly diagnostic?: {
    readonly summary?: string;
    readonly detail?: string;
    readonly address?: string;
    readonly range?: { readonly filename: string; readonly start: { readonly line: number } };
  };
}

function parseLine(line: string): EngineMessage | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
