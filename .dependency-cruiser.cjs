const { imports, pastIndex } = require("./module-imports.json");

/** The files of modules, each a folder or one file beside the folders. */
const filesOf = (modules) => `^src/(${modules.join("|")})(/|\\.ts$)`;

const modules = Object.keys(imports);

/**
 * `module-imports.json` has the modules from which each module may import. `src/index.ts` imports what
 * it exports, and all modules may import `src/timing.ts` and `src/parent-watch.ts`. `pastIndex`: the files that a module may import
 * past the index of their module, because the index loads what not each start of a program needs.
 */
const directions = modules.flatMap((module) => [
  {
    name: `imports-of-${module}`,
    comment: `src/${module} may import from ${imports[module].join(", ") || "no other module"}.`,
    severity: "error",
    from: { path: filesOf([module]) },
    to: { path: filesOf(modules), pathNot: filesOf([module, ...imports[module]]) },
  },
  {
    name: `past-an-index-from-${module}`,
    comment: "Import from the index of the module, not from a file in it.",
    severity: "error",
    from: { path: filesOf([module]) },
    to: {
      path: `^src/(${modules.join("|")})/`,
      pathNot: [
        filesOf([module]),
        "^src/[^/]+/index\\.ts$",
        ...(pastIndex[module] ?? []).map((file) => `^src/${file}\\.ts$`),
      ],
    },
  },
]);

/**
 * Forbids import cycles between files, folders that import each other, and imports against the directions between modules. Type
 * imports count, because they are dependencies of the reader.
 *
 * @type {import("dependency-cruiser").IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: "no-file-cycle",
      comment: "Files that import each other are one file, or lack one that both import.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-folder-cycle",
      comment: "Folders that import each other are one folder, or lack one that both import.",
      severity: "error",
      scope: "folder",
      from: {},
      to: { circular: true },
    },
    ...directions,
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    includeOnly: "^src/",
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
