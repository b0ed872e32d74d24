import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  createSourceFile,
  type Expression,
  forEachChild,
  isBinaryExpression,
  isCallExpression,
  isIdentifier,
  isNoSubstitutionTemplateLiteral,
  isPropertyAccessExpression,
  isStringLiteral,
  isTemplateExpression,
  JSDocParsingMode,
  type Node,
  ScriptTarget,
  SyntaxKind,
} from "typescript";
import { ROOT } from "../../support/docs/documents";

/** The placeholder for inserted values, as in the documents. */
const PLACEHOLDER = "…";

/** All texts of the source, with `…` for inserted values, and the messages of the provider's executable. */
export function sourceTexts(): string[] {
  const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" });
  const texts = files
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => textsOf(readFileSync(join(ROOT, "src", file), "utf8")));
  return [...texts, readFileSync(join(ROOT, "src/provider/terraform-provider-genauth"), "utf8")];
}

function textsOf(source: string): string[] {
  const texts: string[] = [];
  const visit = (node: Node): void => {
    const text = textOf(node as Expression);
    if (text !== undefined) texts.push(text);
    forEachChild(node, visit);
  };
  // Descriptions, half of the source, are no texts.
  const jsDocParsingMode = JSDocParsingMode.ParseNone;
  visit(createSourceFile("source.ts", source, { languageVersion: ScriptTarget.ES2022, jsDocParsingMode }));
  return texts;
}

function textOf(node: Expression): string | undefined {
  if (isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (isTemplateExpression(node)) {
    return (
      node.head.text + node.templateSpans.map((span) => shown(span.expression) + span.literal.text).join("")
    );
  }
  if (isBinaryExpression(node) && node.operatorToken.kind === SyntaxKind.PlusToken) {
    const left = textOf(node.left);
    const right = textOf(node.right);
    if (left === undefined && right === undefined) return undefined;
    return (left ?? PLACEHOLDER) + (right ?? PLACEHOLDER);
  }
  return undefined;
}

/** A count shows its noun, and a name its form in TypeScript; anything else is a placeholder. */
function shown(expression: Expression): string {
  if (!isCallExpression(expression)) return PLACEHOLDER;
  const [name, word] = expression.arguments;
  if (/^caller\.(?:property|member)$/.test(textOfCallee(expression.expression))) {
    return name && isStringLiteral(name) ? name.text : PLACEHOLDER;
  }
  const isCount = textOfCallee(expression.expression) === "count";
  return isCount && word && isStringLiteral(word) ? `${PLACEHOLDER} ${word.text}s` : PLACEHOLDER;
}

function textOfCallee(callee: Expression): string {
  if (isIdentifier(callee)) return callee.text;
  return isPropertyAccessExpression(callee)
    ? `${textOfCallee(callee.expression)}.${callee.name.text}`
    : PLACEHOLDER;
}
