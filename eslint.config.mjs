import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

/**
 * The modules from which each module may import; see docs/architecture.md. `src/index.ts` imports what it exports, and all
 * modules may import `src/timing.ts` and `src/parent-watch.ts`.
 */
const allowedImports = {
  constructs: ["text", "users", "user-files", "install", "payload"],
  "null-resource": ["text", "users", "install", "payload", "operator", "terraform-json"],
  payload: ["users", "install"],
  provider: ["text", "plugin", "users", "user-files", "payload", "api", "operator"],
  cli: [
    "text",
    "users",
    "user-files",
    "api",
    "operator",
    "doctor",
    "reports",
    "guard",
    "emulator",
    "install",
    "null-resource",
    "stack-check",
    "terraform-json",
    "files",
  ],
  guard: ["text", "users", "api", "operator", "reports", "terraform-json", "files"],
  "stack-check": ["install", "payload"],
  operator: ["text", "users", "api", "files"],
  doctor: ["text", "users", "api"],
  reports: ["text", "users", "payload", "terraform-json"],
  "terraform-json": ["text"],
  "user-files": ["text"],
  install: ["files"],
  files: [],
  users: ["text"],
  plugin: ["text"],
  api: ["text"],
  emulator: [],
  text: [],
};

const modules = Object.keys(allowedImports);
const boundaries = modules.flatMap((module) => {
  const forbidden = modules.filter((other) => other !== module && !allowedImports[module].includes(other));
  // A module is a folder, or one file beside the folders.
  const forms = [
    { files: [`src/${module}/**/*.ts`], outside: "(\\.\\./)+" },
    { files: [`src/${module}.ts`], outside: "\\./" },
  ];
  return forms.map(({ files, outside }) => ({
    files,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^${outside}(${forbidden.join("|")})(/|$)`,
              message: `src/${module} may import from ${allowedImports[module].join(", ") || "no other module"}.`,
            },
          ],
        },
      ],
    },
  }));
});

export default tseslint.config(
  { ignores: [".build-*/", "dist/", "lib/", "**/cdktf.out/", "**/generated/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
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
