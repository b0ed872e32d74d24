import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const IMPORT = /^(?:import|export)\s[^;]*?from\s+"(\.[^"]+)";/gms;

/** The TypeScript files that a file imports, by path; types count, since a reader follows them too. */
function importsOf(file) {
  return [...readFileSync(file, "utf8").matchAll(IMPORT)]
    .map(([, from]) => join(dirname(file), from))
    .flatMap((path) => [`${path}.ts`, join(path, "index.ts")].filter((candidate) => existsSync(candidate)));
}

/** The way from a file back to itself, if its imports lead there. */
function cycleFrom(start) {
  const seen = new Set();
  const follow = (file, way) => {
    for (const next of importsOf(file)) {
      if (next === start) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const cycle = follow(next, [...way, next]);
      if (cycle) return cycle;
    }
    return undefined;
  };
  return follow(start, [start]);
}

/** An ESLint rule: a file's imports must not lead back to it. */
export const noCycles = {
  meta: { type: "problem", schema: [] },
  create: (context) => ({
    Program(node) {
      const cycle = cycleFrom(context.filename);
      if (!cycle) return;
      const way = cycle.map((file) => relative(context.cwd, file)).join(" -> ");
      context.report({ node, message: `The imports lead back to this file: ${way}.` });
    },
  }),
};
