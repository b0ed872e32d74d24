import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRelay, type Relay } from "../api";
import { reachPoolBy } from "../operator";
import type { PlanJson } from "../terraform-json";
import { type Clock, systemClock } from "../timing";
import { limitRun, ProtectedUsers, UserLookUps } from "../users";
import { type Approval, readApproval, refuseForeign } from "./approval";
import { NO_AUDIT, openAudit } from "./audit";
import { Guard } from "./guard";
import { keepDebuggersOut, type OsUsers } from "./isolation";
import { type Listener, listen } from "./listener";
import { becomeUser } from "./os-user";
import type { GuardSummary } from "./tally";

/** How a guard is started. */
export interface SessionOptions {
  /** Host, pace and limits, and the key, unless that is given. */
  readonly environment: NodeJS.ProcessEnv;
  /** Reads the key, unless the environment has it. Called once the guard has become its user. */
  readonly readKey?: () => Promise<NodeJS.ProcessEnv>;
  /** The user who may open the socket, and the one that the guard becomes; absent: this process's. */
  readonly users?: OsUsers;
  /** The approved plans; absent: only reads pass. */
  readonly plans?: readonly PlanJson[];
  /** Plans that are not applied. Nobody that one of them declares, before or after, loses the account. */
  readonly protecting?: readonly PlanJson[];
  /** How many people the run may delete. The operator's limit holds as well. */
  readonly maxDeletions?: number;
  /** How old a plan may be; default 24. */
  readonly maxPlanAgeHours?: number;
  readonly auditFile?: string;
  /** Why the change is made, as its author says, and the plans that show it, for the audit file. */
  readonly why?: Readonly<Record<"ticket" | "reason" | "plan_sha256", unknown>>;
  /** The socket; default one in a new folder. */
  readonly socket?: string;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** A plan of yesterday is a plan of other people (docs/guides/trust.md, P14). */
export const DEFAULT_PLAN_AGE_HOURS = 24;

/** A guard that listens. */
export interface GuardSession {
  readonly socket: string;
  /** What the command must know: the socket, and the id of the key. */
  readonly variables: Readonly<Record<string, string>>;
  readonly approval: Approval | undefined;
  /** What it did until now. */
  summary(): GuardSummary;
  /**
   * Ends the guard, once all requests are answered. May be called again.
   *
   * @throws Error if the audit file could not be written to its end
   */
  close(): Promise<GuardSummary>;
}

/**
 * Starts a guard: reads what the plans show, and listens.
 *
 * @throws Error that says what to do, if it cannot start; nothing was changed then
 */
export async function startSession(options: SessionOptions): Promise<GuardSession> {
  const { environment, plans, auditFile, users = {}, clock = systemClock } = options;
  keepDebuggersOut();
  let folder: string | undefined;
  const audit = auditFile === undefined ? NO_AUDIT : await openAudit(auditFile, users.command);
  let listener: Listener | undefined;
  let relay: Relay | undefined;
  let isReady: (guard: Guard | undefined) => void = () => undefined;
  const ready = new Promise<Guard | undefined>((resolve) => (isReady = resolve));
  const end = async (guard?: Guard): Promise<void> => {
    // If the guard does not start, nobody waits for its start any longer.
    isReady(undefined);
    try {
      await listener?.close();
      relay?.close();
      if (guard) await audit.write({ event: "ended", ...guard.summary() });
    } finally {
      await audit.close();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    }
  };
  try {
    const makeFolder = (): string => (folder = mkdtempSync(join(socketsPlace(tmpdir()), "genauth-guard-")));
    const socket = options.socket ?? join(makeFolder(), "guard.sock");
    // Only root can give the socket to its user, so it is there before the guard has the key (A1). Requests
    // wait.
    listener = await listen(
      socket,
      async (incoming, gone) => (await (await ready)?.answer(incoming, gone)) ?? { kind: "abandoned" },
      users.command,
    );
    if (users.guard) becomeUser(users.guard);
    const key = await options.readKey?.();
    const connect = (its: Parameters<typeof createRelay>[0]) => createRelay(its, clock);
    const { client, settings, limits } = reachPoolBy(connect, withKey(environment, key));
    relay = client;
    const own = { host: relay.origin, tenant_id: settings.tenantId ?? "" };
    const mostHours = options.maxPlanAgeHours ?? DEFAULT_PLAN_AGE_HOURS;
    const endsAt = refuseForeign(plans ?? [], own, mostHours, clock.now());
    const approval =
      plans && (await readApproval(plans, new UserLookUps(relay.finder), limits, options.protecting));
    const most = Math.min(options.maxDeletions ?? Infinity, limits.maxDeletions ?? Infinity);
    if (approval) refuseTooMany(approval, most);
    const guard = new Guard({
      approval,
      relay,
      tenantId: settings.tenantId,
      protectedUsers: ProtectedUsers.of(limits.protectedUsers),
      endsAt,
      audit,
      clock,
    });
    await audit.write({ event: "started", host: relay.origin, ...guard.summary(), ...options.why });
    isReady(guard);
    let ended: Promise<GuardSummary> | undefined;
    return {
      socket,
      variables: { GENAUTH_GUARD: socket, GENAUTH_ACCESS_KEY_ID: settings.accessKeyId },
      approval,
      summary: () => guard.summary(),
      close: () => (ended ??= end(guard).then(() => guard.summary())),
    };
  } catch (cause) {
    await end();
    throw cause;
  }
}

/** The guard's own environment: with the key, which no copy of it reveals, and without another guard. */
function withKey(environment: NodeJS.ProcessEnv, key: NodeJS.ProcessEnv = environment): NodeJS.ProcessEnv {
  return Object.defineProperty({ ...environment, ...key, GENAUTH_GUARD: "" }, "GENAUTH_ACCESS_KEY_SECRET", {
    get: () => key.GENAUTH_ACCESS_KEY_SECRET,
  });
}

/** @throws Error if the plans delete and suspend more users than the run may (P15) */
function refuseTooMany({ people }: Approval, most: number): void {
  // A person who leaves two sets counts once. An id of nobody lets nothing through.
  const revoked = new Set([...people.deletion, ...people.suspension]);
  revoked.delete(null);
  const excess = limitRun(revoked.size, most);
  if (excess === undefined) return;
  throw new Error(
    `${excess} (--max-deletions, GENAUTH_MAX_DELETIONS). Nothing was started. Remove fewer at once, or ask the pipeline's owner.`,
  );
}

/**
 * Where the folder of a socket is made, whose path has a limit.
 *
 * @param temporary the system's temporary folder; `/tmp` is taken if this one's path is too long
 */
export function socketsPlace(temporary: string): string {
  return temporary.length < 70 ? temporary : "/tmp";
}
