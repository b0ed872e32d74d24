/** A message for the person who runs Terraform. An error stops the operation, a warning does not. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** One line: what happened. */
  readonly summary: string;
  /** Why, and what to do next. May have several lines. */
  readonly detail: string;
  /** The attribute concerned, down to the element, so that Terraform points at the line. */
  readonly path?: AttributePath;
}

/** Steps from the top of the schema: an attribute's name first, then attribute names, map keys or list indexes. */
export type AttributePath = readonly PathStep[];

/** An attribute by its name, an entry of a map by its key, or an element of a list by its index, from 0. */
export type PathStep = { readonly attribute: string } | { readonly key: string } | { readonly index: number };

/** An error diagnostic. */
export function error(summary: string, detail: string, path?: AttributePath): Diagnostic {
  return { severity: "error", summary, detail, ...(path && { path }) };
}

/** A warning diagnostic. */
export function warning(summary: string, detail: string, path?: AttributePath): Diagnostic {
  return { severity: "warning", summary, detail, ...(path && { path }) };
}

/** A path as messages show it, such as `users["a@x"].name[0]`. */
export function pathText(path: AttributePath): string {
  return path
    .map((step, position) => {
      if ("attribute" in step) return position === 0 ? step.attribute : `.${step.attribute}`;
      return "key" in step ? `[${JSON.stringify(step.key)}]` : `[${step.index}]`;
    })
    .join("");
}

/** An expected failure, reported to the person as it is. */
export class DiagnosticError extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.summary);
    this.name = "DiagnosticError";
    this.diagnostic = diagnostic;
  }
}

/** A value that does not fit its type. The message names the kinds of values, never the value: it may be a secret. */
export class ValueError extends Error {
  readonly path: AttributePath;

  /** @param path the steps so far; copied, because the walk continues to change its own */
  constructor(message: string, path: readonly PathStep[]) {
    super(message);
    this.name = "ValueError";
    this.path = [...path];
  }
}
