import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

/** What expressions of a workflow can read, by the name of the context. */
export type Contexts = Readonly<Record<string, unknown>>;

/** How a job ends. A job is skipped if its condition is false. */
export type Result = "success" | "failure" | "skipped" | "cancelled";

/** Replaces all `${{ … }}` of a text, as GitHub does before it starts a step. */
export function expand(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    evaluate(expression, contexts, "success").coerceString(),
  );
}

/**
 * Whether a job or a step runs.
 *
 * @param condition its `if`; default `success()`. One without a function of the status is combined with `success()`
 * @param status of the jobs that it needs, or of the steps before it
 */
export function isMet(condition: string | undefined, contexts: Contexts, status: Result): boolean {
  const expression = (condition ?? "success()").replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1");
  const whole = /\b(always|success|failure|cancelled)\(/.test(expression)
    ? expression
    : `success() && (${expression})`;
  const value = evaluate(whole, contexts, status);
  return value.kind === data.Kind.Boolean ? value.value : value.coerceString() !== "";
}

function evaluate(expression: string, contexts: Contexts, status: Result): data.ExpressionData {
  const answers = {
    always: true,
    success: status === "success",
    failure: status === "failure",
    cancelled: status === "cancelled",
  };
  const functions = Object.entries(answers).map(([name, answer]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(answer),
  }));
  const { tokens } = new Lexer(expression).lex();
  const names = ["github", "needs", "steps", "secrets", "vars", "env", "inputs", "runner", "job"];
  const parsed = new Parser(tokens, names, functions).parse();
  const root = toData(Object.fromEntries(names.map((name) => [name, contexts[name] ?? {}])));
  if (root.kind !== data.Kind.Dictionary) throw new Error("The contexts are no dictionary.");
  return new Evaluator(parsed, root, new Map(functions.map((each) => [each.name, each]))).evaluate();
}

function toData(value: unknown): data.ExpressionData {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(toData));
  const pairs = Object.entries(value).map(([key, each]) => ({ key, value: toData(each) }));
  return new data.Dictionary(...pairs);
}
