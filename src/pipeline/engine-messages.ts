import { printableLines } from "../text";

/** The errors among the messages of `plan -json`, as an engine shows them to people. */
export function readEngineErrors(messages: string): string[] {
  const found = messages.split("\n").flatMap((line) => {
    const message = parseLine(line);
    if (message === undefined) return line.trim() === "" ? [] : [printableLines(line)];
    const { "@level": level, "@message": said, diagnostic } = message;
    if (level !== "error") return [];
    const { summary, detail = "", address, range } = diagnostic ?? {};
    const place = [
      address,
      range === undefined ? undefined : `${range.filename} line ${range.start.line}`,
    ].filter((each) => each !== undefined);
    return [
      printableLines(
        [
          `Error: ${summary ?? said ?? "unknown"}`,
          ...(place.length > 0 ? [`  in ${place.join(", ")}`] : []),
          detail,
        ]
          .filter(Boolean)
          .join("\n"),
      ),
    ];
  });
  return found.length > 0 ? found : ["The engine said nothing."];
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
    // A line of a program that the engine started.
    return undefined;
  }
}
