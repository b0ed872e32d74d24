/**
 * Takes a text apart as Terraform does with `TF_CLI_ARGS`: at blanks, with quotes and backslashes, and only up to what
 * would begin another command (source: github.com/mattn/go-shellwords, which Terraform and OpenTofu use).
 */
export function shellWords(text: string): string[] {
  const [command = ""] = /^(?:\\.|"(?:[^"\\]|\\.)*"|'[^']*'|[^;&|<>])*/s.exec(text) ?? [];
  const words = command.match(/(?:\\.|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'\\])+/gs) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs,
      (_, escaped?: string, doubleQuoted?: string, singleQuoted?: string) =>
        escaped ?? doubleQuoted?.replaceAll(/\\(.)/gs, "$1") ?? singleQuoted ?? "",
    ),
  );
}
