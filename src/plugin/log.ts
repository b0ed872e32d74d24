/** Writes to Terraform's log. Fields must hold no secret. */
export interface Logger {
  trace(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/**
 * The details. A function is only called if the level is on, so that costly fields cost nothing otherwise.
 */
export type LogFields = Readonly<Record<string, unknown>> | (() => Readonly<Record<string, unknown>>);

export interface LogOptions {
  /** Default: this process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Writes a whole line with its newline. Default: to standard error, which Terraform reads. */
  readonly write?: (line: string) => void;
}

const LEVELS = ["trace", "debug", "info", "warn", "error"] as const;
type Level = (typeof LEVELS)[number];

/**
 * Creates a logger whose lines join Terraform's log. The first of `TF_LOG_PROVIDER_<NAME>`, `TF_LOG_PROVIDER`
 * and `TF_LOG` that is set gives its level; without any, it writes nothing.
 *
 * @param module the provider's name, or a part of the provider as `<name>.<part>`
 */
export function createLogger(module: string, options: LogOptions = {}): Logger {
  const { environment = process.env, write = (line: string) => process.stderr.write(line) } = options;
  const lowest = lowestLevel(module, environment);
  const at = (level: Level) =>
    LEVELS.indexOf(level) < lowest
      ? () => undefined
      : (message: string, fields: LogFields = {}) => {
          write(`${line(level, module, message, typeof fields === "function" ? fields() : fields)}\n`);
        };
  return { trace: at("trace"), debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** Index of the lowest level that is written; past the end if the log is off. */
function lowestLevel(module: string, environment: NonNullable<LogOptions["environment"]>): number {
  const name = module.split(".", 1).join("").toUpperCase().replace(/-/g, "_");
  const wanted = [`TF_LOG_PROVIDER_${name}`, "TF_LOG_PROVIDER", "TF_LOG"]
    .map((variable) => environment[variable]?.toLowerCase())
    .find((value) => value !== undefined && value !== "");
  // "json" asks Terraform for another format of its whole log, at the lowest level.
  if (wanted === "json") return 0;
  const level = LEVELS.findIndex((candidate) => candidate === wanted);
  return level === -1 ? LEVELS.length : level;
}

/** A line in the format of go-hclog, from which Terraform reads level and message. */
function line(
  level: Level,
  module: string,
  message: string,
  fields: Readonly<Record<string, unknown>>,
): string {
  return JSON.stringify({
    ...fields,
    "@level": level,
    "@message": message,
    "@module": module,
    // go-plugin only recognises the format with microseconds (seen on Terraform 1.11).
    "@timestamp": new Date().toISOString().replace("Z", "000Z"),
  });
}

/** Where an error was thrown. Omits its message, which may hold values. */
export function stackFrames(thrown: unknown): readonly string[] {
  if (!(thrown instanceof Error) || thrown.stack === undefined) return [];
  return thrown.stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
}
