import { count } from "../users";
import { type Approval, byChange, type Change, CHANGES } from "./approval";
import type { Audit } from "./audit";
import type { ChangeRequest } from "./request";
import type { Ruling } from "./ruling";

/** What a guard did, for its summary. */
export interface GuardSummary {
  /**
   * By change: how many ids the plans show, for how many people a call was sent, and how many GenAuth said it
   * changed.
   */
  readonly changes: Readonly<Record<Change, Readonly<Record<"approved" | "sent" | "done", number>>>>;
  readonly requests: number;
  /** How often each reason was given. */
  readonly refused: Readonly<Record<string, number>>;
}

/**
 * How many reasons of refusals a summary lists. A program that uses the socket chooses a part of some
 * reasons.
 */
const MOST_REASONS = 20;

/** How many refusals the audit file lists. A program that uses the socket chooses how many there are. */
const MOST_REFUSALS = 100;

/** Counts requests and refusals, and records the first refusals. It decides nothing. */
export class Tally {
  readonly #audit: Audit;
  readonly #refused = new Map<string, number>();
  #requests = 0;
  #refusals = 0;

  constructor(audit: Audit) {
    this.#audit = audit;
  }

  /** @returns the number of a request that has come */
  nextRequest(): number {
    return (this.#requests += 1);
  }

  /** Counts and records a ruling, if it is a refusal. @returns the ruling */
  async note(request: number, ruling: Ruling, change?: ChangeRequest): Promise<Ruling> {
    if (ruling.kind !== "refused" && ruling.kind !== "undecided") return ruling;
    const { kind: event, reason } = ruling;
    const isListed = this.#refused.has(reason) || this.#refused.size < MOST_REASONS;
    const name = isListed ? reason : "other reasons";
    this.#refused.set(name, (this.#refused.get(name) ?? 0) + 1);
    this.#refusals += 1;
    if (this.#refusals > MOST_REFUSALS) return ruling;
    const users = change ? [{ change: change.kind, user_id_type: change.type, ids: change.ids }] : [];
    // A refusal stands even if it cannot be recorded.
    await this.#audit.write({ event, request, reason, users }).catch(() => undefined);
    return ruling;
  }

  summary(
    { ids }: Approval,
    sent: Readonly<Record<Change, { readonly size: number }>>,
    done: Readonly<Record<Change, { readonly size: number }>>,
  ): GuardSummary {
    return {
      changes: byChange((change) => ({
        approved: ids[change].size,
        sent: sent[change].size,
        done: done[change].size,
      })),
      requests: this.#requests,
      refused: Object.fromEntries(this.#refused),
    };
  }
}

/** What the summary says, for people. */
export function describeSummary({ changes, requests, refused }: GuardSummary): string {
  const parts = CHANGES.filter((change) => changes[change].approved > 0).map(
    (change) => `${change} of ${changes[change].sent} of ${changes[change].approved} approved`,
  );
  const reasons = Object.entries(refused).map(([reason, n]) => `\n  refused ${count(n, "time")}: ${reason}`);
  return `${count(requests, "call")}. Sent: ${parts.length === 0 ? "no change" : parts.join(", ")}.${reasons.join("")}`;
}
