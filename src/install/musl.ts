/** The part of a diagnostic report of Node.js that names the C library. */
interface ReportHeader {
  readonly header?: { readonly glibcVersionRuntime?: string };
}

/** Whether this process runs on Linux with another C library than glibc. An executable itself only runs on glibc. */
export function hasMusl(
  platform: string = process.platform,
  isExecutable = process.versions.bun !== undefined,
  report: () => ReportHeader = () => process.report.getReport(),
): boolean {
  return platform === "linux" && !isExecutable && report().header?.glibcVersionRuntime === undefined;
}
