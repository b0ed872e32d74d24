/**
 * Loaded into an executable by BUN_OPTIONS: writes what Node.js itself can write, when `requestReports` is called. Bun has no
 * such option.
 */
const { writeFileSync } = require("node:fs");

process.on("SIGUSR2", () => {
  const { env, argv, execArgv, versions, pid } = process;
  writeFileSync(`report.${pid}.json`, JSON.stringify({ env, argv, execArgv, versions }));
  writeFileSync(`Heap.${pid}.heapsnapshot`, globalThis.Bun.generateHeapSnapshot("v8"));
});
