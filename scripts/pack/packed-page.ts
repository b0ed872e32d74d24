import { dirname, join, normalize } from "node:path";

/** What decides how the links of a page are packed. */
export interface PackedLinks {
  /** The files of the package. */
  readonly files: ReadonlySet<string>;
  /** The address under which the repository's files are shown, if it is known: `https://…/blob/v0.1.0`. */
  readonly repository?: string;
}

const REPOSITORY_ONLY = /^<!-- repository only -->\n.*?^<!-- end -->\n\n?/gms;
const FENCED = /^( *```.*?^ *```$)/gms;
const LINK = /(!?)\[((?:[^\]\\]|\\.)*)\]\(([^)\s]+)\)/g;

/**
 * A page as the package holds it: without the parts that only the repository shows, and without links that lead nowhere.
 * README is shown on the package's page, where no file is, so each of its links leads to the repository. If that is not known,
 * the link is text, with the file's path in the package.
 *
 * @param page the path of the page in the package
 * @throws Error if the page shows a picture, which the package does not hold
 */
export function packedPage(page: string, text: string, links: PackedLinks): string {
  return text
    .replaceAll(REPOSITORY_ONLY, "")
    .split(FENCED)
    .map((part, index) =>
      // Every second part is a fenced block.
      index % 2 === 1
        ? part
        : part.replaceAll(LINK, (link, picture: string, label: string, target: string) => {
            if (/^(#|[a-z]+:)/.test(target)) return link;
            if (picture !== "")
              throw new Error(
                `${page} shows ${target}. Show pictures between <!-- repository only --> and <!-- end -->.`,
              );
            return packedLink(page, label, target, links);
          }),
    )
    .join("");
}

function packedLink(page: string, label: string, target: string, { files, repository }: PackedLinks): string {
  const [path = "", anchor] = target.split("#");
  const file = normalize(join(dirname(page), path)).replace(/\/$/, "");
  const isPacked = [...files].some((packed) => packed === file || packed.startsWith(`${file}/`));
  const isReadme = page === "README.md";
  if (isPacked && !isReadme) return `[${label}](${target})`;
  if (repository !== undefined) {
    return `[${label}](${repository}/${file}${anchor === undefined ? "" : `#${anchor}`})`;
  }
  return isPacked && label !== `\`${file}\`` ? `${label} (\`${file}\`)` : label;
}
