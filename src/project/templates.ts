import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The files of templates/project, text by path: the build puts them here, since an executable has no folder
 * beside it.
 */
declare const PROJECT_TEMPLATES: Readonly<Record<string, string>> | undefined;

const PLACEHOLDER = /^( *)\{\{(\w+)\}\}$|\{\{(\w+)\}\}/gm;

/**
 * Fills a file of templates/project.
 *
 * @param path its path there, without `.tmpl`
 * @param values a text for each placeholder; all lines of one that stands alone are indented as it is
 * @throws Error if there is no value for a placeholder
 */
export function fillTemplate(path: string, values: Readonly<Record<string, string>>): string {
  return readTemplate(`${path}.tmpl`).replaceAll(PLACEHOLDER, (_, indent = "", alone, within) => {
    const name = String(alone ?? within);
    const value = values[name];
    if (value === undefined) throw new Error(`${path}.tmpl: there is no value for {{${name}}}.`);
    return value.replaceAll(/^(?=.)/gm, String(indent));
  });
}

function readTemplate(name: string): string {
  const text =
    typeof PROJECT_TEMPLATES === "undefined"
      ? readFileSync(join(__dirname, "../../templates/project", name), "utf8")
      : PROJECT_TEMPLATES[name];
  if (text === undefined) throw new Error(`There is no template ${name}.`);
  return text;
}
