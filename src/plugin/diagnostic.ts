/** A message for the person who runs Terraform. An error stops the operation, a warning does not. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** One line: what happened. */
  readonly summary: string;
  /** Why, and what to do next. May have several lines. */
  readonly detail: string;
  /** The attribute concerned, so that Terraform shows the line. For an entry of a map, it shows that of the map. */
  readonly path?: AttributePath;
}

/**
 * Steps from the top of the schema: an attribute's name first, then attribute names, map keys or list
 * indexes.
 */
export type AttributePath = readonly PathStep[];

/** An attribute by name, an entry of a map by key, or an element of a list by index, from 0. */
export type PathStep = { readonly attribute: string } | { readonly key: string } | { readonly index: number };

export function error(summary: string, detail: string, path?: AttributePath): Diagnostic {
  return { severity: "error", summary, detail, path };
}

export function warning(summary: string, detail: string, path?: AttributePath): Diagnostic {
  return { severity: "warning", summary, detail, path };
}

/** A path in the notation of messages, such as `users["a@x"].name[0]`. */
export function pathText(path: AttributePath): string {
  return path
    .map((step, position) => {
      if ("attribute" in step) return position === 0 ? step.attribute : `.${step.attribute}`;
      return "key" in step ? `[${JSON.stringify(step.key)}]` : `[${step.index}]`;
    })
    .join("");
}

/** An expected failure. Its diagnostic is reported unchanged. */
export class DiagnosticError extends Error {
  readonly diagnostic: Diagnostic;

  constructor(summary: string, detail: string) {
    super(summary);
    this.name = "DiagnosticError";
    this.diagnostic = error(summary, detail);
  }
}

/**
 * A value that does not fit its type: one that Terraform gives, or by mistake one of the provider. The message
 * has no full stop, and names kinds of values, never the value: it may be a secret.
 */
export class ValueError extends Error {
  readonly path: AttributePath;

  /** @param path the steps so far; copied, because the caller continues to change its own */
  constructor(message: string, path: readonly PathStep[]) {
    super(message);
    this.name = "ValueError";
    this.path = [...path];
  }
}

/** An argument of a function that cannot be used, with a sentence for the person who wrote it. */
export class ArgumentError extends Error {
  /** Counted from 0; absent if it cannot be said. */
  readonly argument: number | undefined;

  constructor(message: string, argument?: number) {
    super(message);
    this.name = "ArgumentError";
    this.argument = argument;
  }
}
