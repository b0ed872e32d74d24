import { readFileSync } from "node:fs";
import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

/**
 * `imports`: the modules from which each module may import; docs/architecture.md shows them. `src/index.ts` imports what it exports,
 * and all modules may import `src/timing.ts` and `src/parent-watch.ts`. `pastIndex`: the files that a module may import past the
 * index of their module, because the index loads what not each start of a program needs.
 */
const { imports: allowedImports, pastIndex } = JSON.parse(
  readFileSync(new URL("module-imports.json", import.meta.url), "utf8"),
);

const modules = Object.keys(allowedImports);
const boundaries = modules.flatMap((module) => {
  const forbidden = modules.filter((other) => other !== module && !allowedImports[module].includes(other));
  const files = (pastIndex[module] ?? []).map((file) => `${file}$`);
  // A module is a folder, or one file beside the folders.
  const forms = [
    { files: [`src/${module}/**/*.ts`], outside: "(\\.\\./)+" },
    { files: [`src/${module}.ts`], outside: "\\./" },
  ];
  return forms.map(({ files: own, outside }) => ({
    files: own,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^${outside}(${forbidden.join("|")})(/|$)`,
              message: `src/${module} may import from ${allowedImports[module].join(", ") || "no other module"}.`,
            },
            {
              regex: `^${outside}${files.length > 0 ? `(?!${files.join("|")})` : ""}(${modules.join("|")})/`,
              message: "Import from the index of the module, not from a file in it.",
            },
          ],
        },
      ],
    },
  }));
});

export default tseslint.config(
  { ignores: [".build-*/", ".stryker-tmp/", "mutation/", "dist/", "lib/", "**/cdktf.out/", "**/generated/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-floating-promises": [
        "error",
        { allowForKnownSafeCalls: [{ from: "package", name: "test", package: "node:test" }] },
      ],
    },
  },
  {
    files: ["**/*.{mjs,cjs}"],
    languageOptions: {
      globals: {
        console: "readonly",
        process: "readonly",
        module: "writable",
        URL: "readonly",
        __dirname: "readonly",
      },
    },
  },
  ...boundaries,
  prettier,
);
