import * as z from "zod";
import { parseJson, printableLines, singleLine } from "../text";

/** An error about a stack without a plan. */
export type EngineError = ReturnType<typeof engineError>;

/** A line of `plan -json` that is an error. */
const ErrorLine = z.object({
  "@level": z.literal("error"),
  "@message": z.string().default("unknown"),
  diagnostic: z
    .object({
      summary: z.string(),
      detail: z.string().default(""),
      address: z.string().optional(),
      range: z.object({ filename: z.string(), start: z.object({ line: z.number() }) }).optional(),
    })
    .optional(),
});

/**
 * Reads the errors among the messages of `plan -json` of an engine that wrote no plan.
 *
 * @param code its exit code
 * @returns at least one
 */
export function readEngineErrors(messages: string, code: number): EngineError[] {
  const lines = messages.split("\n").filter((line) => line.trim() !== "");
  const found = lines.flatMap((line) => {
    const { data } = ErrorLine.safeParse(parseJson(line));
    return data ? [describeError(data)] : [];
  });
  // Lines of a program that the engine started.
  const others = lines.filter((line) => parseJson(line) === undefined);
  if (found.length > 0 && others.length === 0) return found;
  const detail = others.length > 0 ? others.join("\n") : "It gave no reason. The log may hold one.";
  return [...found, engineError(`The engine ended without a plan (exit code ${code})`, detail)];
}

function describeError({ "@message": said, diagnostic }: z.infer<typeof ErrorLine>): EngineError {
  if (!diagnostic) return engineError(said, "");
  const { summary, detail, address, range } = diagnostic;
  const line = range && `${range.filename} line ${range.start.line}`;
  const place = [address, line].filter((each) => each !== undefined).join(", ");
  // A report knows no place: it is in the detail.
  return engineError(summary, place === "" ? detail : `In ${place}:\n${detail}`);
}

/** An error as a report takes it. */
export function engineError(summary: string, detail: string) {
  return {
    severity: "error" as const,
    summary: printableLines(summary),
    detail: printableLines(detail.trim()),
  };
}

/** The first error that an engine printed without JSON, in one line. @returns empty if it printed none */
export function firstError(errors: string): string {
  const [, text = ""] = /^\W*(Error: [\s\S]*?)(?=^\W*Error: |(?![\s\S]))/m.exec(errors) ?? [];
  return singleLine(text.replaceAll(/[│╷╵]/g, " "));
}

/**
 * Names the providers of a configuration that its lock file lacks: init looks for a version of these, and
 * only of these.
 */
export function describeNewProviders(output: string, lock: string): string {
  const found = [...output.matchAll(/^- Finding (?:latest version of )?([\w-]+(?:[./][\w-]+)+)/gm)];
  const names = [...new Set(found.map(([, name = ""]) => name))];
  return names.length === 0 ? "" : `It asks for ${names.join(", ")}, which ${lock} does not name. `;
}

/** The lock of a state that another run holds. */
export interface StateLock {
  /** Undefined if the service that keeps the state does not say. */
  readonly id?: string;
  /** Who holds it since when; undefined if the engine does not say. */
  readonly holder?: { readonly who: string; readonly since: string };
}

/** Finds the lock that made an engine fail. @param errors what the engine printed on standard error */
export function findStateLock(errors: string): StateLock | undefined {
  const [, cause = "", info] =
    /Error acquiring the state lock([\s\S]*?)Lock Info:([\s\S]*)/.exec(errors) ?? [];
  if (info === undefined) return undefined;
  const read = (name: string): string =>
    printableLines(new RegExp(`^\\W*${name}:[ \\t]*(.*)$`, "m").exec(info)?.[1]?.trim() ?? "");
  const id = read("ID");
  // With an http backend, Terraform shows the lock that it asked for, and names the one that is held before
  // that, if the service's answer does.
  const [isHttp, held] = /HTTP remote state already locked(?::\W*ID=([\w-]+))?/.exec(cause) ?? [];
  if (isHttp !== undefined && held !== id) return { id: held };
  return id === "" ? undefined : { id, holder: { who: read("Who"), since: read("Created") } };
}
