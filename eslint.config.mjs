import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

/**
 * Which room may import from which; the reasons are in docs/architecture.md. `src/index.ts` imports what it exports;
 * `src/timing.ts` and `src/parent-watch.ts` may be imported by all.
 */
const arrows = {
  constructs: ["text", "users", "user-files", "install", "null-resource"],
  "null-resource": ["text", "users", "install", "operator", "terraform-json"],
  provider: ["text", "plugin", "users", "api", "operator"],
  cli: [
    "text",
    "users",
    "user-files",
    "api",
    "operator",
    "reports",
    "emulator",
    "install",
    "null-resource",
    "terraform-json",
    "files",
  ],
  operator: ["text", "users", "api", "files"],
  reports: ["text", "users", "null-resource", "terraform-json"],
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

const rooms = Object.keys(arrows);
const boundaries = rooms.flatMap((room) => {
  const forbidden = rooms.filter((other) => other !== room && !arrows[room].includes(other));
  // A room is a folder, or one file beside the folders.
  const places = [
    { files: [`src/${room}/**/*.ts`], outside: "(\\.\\./)+" },
    { files: [`src/${room}.ts`], outside: "\\./" },
  ];
  return places.map(({ files, outside }) => ({
    files,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^${outside}(${forbidden.join("|")})(/|$)`,
              message: `src/${room} may import from ${arrows[room].join(", ") || "no other room"}.`,
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
