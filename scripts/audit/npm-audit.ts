import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import * as z from "zod";

/** A known vulnerability of a package. */
export interface Advisory {
  readonly package: string;
  readonly title: string;
  readonly url: string;
  readonly severity: Severity;
  /** The vulnerable copies of the package, as the lock file names them: `node_modules/…`. */
  readonly folders: readonly string[];
}

/** npm's severities, in ascending order. */
export const SEVERITIES = ["info", "low", "moderate", "high", "critical"] as const;

export type Severity = (typeof SEVERITIES)[number];

/** The registry's advisories for the packages in the lock file, or why there are none. */
export type NpmAudit =
  | { readonly kind: "checked"; readonly advisories: readonly Advisory[]; readonly packages: number }
  | { readonly kind: "not_checked"; readonly reason: string };

const advisory = z.object({ title: z.string(), url: z.string(), severity: z.enum(SEVERITIES) });

/** The report of `npm audit --json`. A string in `via` names another package, which is the vulnerable one. */
const Report = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({ nodes: z.array(z.string()), via: z.array(z.union([z.string(), advisory])) }),
  ),
  metadata: z.object({ dependencies: z.object({ total: z.number() }) }),
});

/** Written instead of a report if the registry does not answer with one. */
const Failure = z.object({ message: z.string() });

/**
 * Runs `npm audit` on a lock file. Changes nothing.
 *
 * @param root the folder of the lock file
 * @param environment may name another registry than npm's configuration: `npm_config_registry`
 * @throws Error if npm cannot be run, or writes neither a report nor a failure
 */
export async function npmAudit(root: string, environment: NodeJS.ProcessEnv): Promise<NpmAudit> {
  const npm = spawn("npm", ["audit", "--json", "--package-lock-only"], {
    cwd: root,
    env: environment,
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(npm, "spawn");
  // The exit code is 1 for advisories and for failures alike.
  const written: unknown = JSON.parse(await text(npm.stdout));
  const report = Report.safeParse(written);
  if (!report.success) return { kind: "not_checked", reason: Failure.parse(written).message };
  const { vulnerabilities, metadata } = report.data;
  const advisories = Object.entries(vulnerabilities).flatMap(([name, { nodes, via }]) =>
    via.flatMap((cause) => (typeof cause === "string" ? [] : [{ package: name, folders: nodes, ...cause }])),
  );
  return { kind: "checked", advisories, packages: metadata.dependencies.total };
}
