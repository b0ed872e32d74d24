import { Aspects, Fn, type IAspect, type TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { limitProblems, refuseUnknownProperties } from "./check-declaration";
import { isUserSetNode, SharedNote } from "./identity";
import { nullUserSetOf } from "./user-set";

/** The limits of `DeletionLimits`. */
export interface DeletionLimitsProps {
  /**
   * The most users that one apply of a set may delete.
   *
   * @default the limit of each set
   * @example 20
   */
  readonly maxDeletions?: number;
  /**
   * The same limit in percent of the users in the set before, from 0 to 100. It counts if more than five
   * people leave.
   *
   * @default the limit of each set
   * @example 10
   */
  readonly maxDeletionsPercent?: number;
}

const PROPERTIES: Readonly<Record<keyof DeletionLimitsProps, true>> = {
  maxDeletions: true,
  maxDeletionsPercent: true,
};

/** Marks the aspects of this class, also those of another copy of this package, which `instanceof` misses. */
const IS_DELETION_LIMITS = new SharedNote<true>("deletionLimits");
const INHERITING = new SharedNote<true>("inheritsDeletionLimits");

/**
 * Limits for all sets of an app, a stack or another scope, of both resource types. A set without a limit of
 * its own gets this one, even if it is above the default of sets. If a set has its own, or gets several, the
 * lowest counts.
 *
 * @example Aspects.of(app).add(new DeletionLimits({ maxDeletions: 20 }));
 */
export class DeletionLimits implements IAspect {
  private readonly limits: DeletionLimitsProps;

  public constructor(limits: DeletionLimitsProps) {
    refuseUnknownProperties("DeletionLimits", limits, PROPERTIES);
    const problems = limitProblems(limits);
    if (problems.length > 0) throw new Error(`DeletionLimits: ${problems.join(" ")}`);
    this.limits = limits;
    IS_DELETION_LIMITS.set(this, true);
  }

  public visit(node: IConstruct): void {
    if (isUserSetNode(node)) {
      // The attributes of the block take no undefined.
      const most = lower(node.maxDeletionsInput, this.limits.maxDeletions);
      if (most !== undefined) node.maxDeletions = most;
      const percent = lower(node.maxDeletionsPercentInput, this.limits.maxDeletionsPercent);
      if (percent !== undefined) node.maxDeletionsPercent = percent;
      return;
    }
    const set = nullUserSetOf(node);
    if (set === undefined) return;
    set.maxDeletions = lower(set.maxDeletions, this.limits.maxDeletions);
    set.maxDeletionsPercent = lower(set.maxDeletionsPercent, this.limits.maxDeletionsPercent);
  }
}

/**
 * Lets the limits of an app apply to the sets of a stack. The synthesis visits no aspects above a stack.
 * Repeated calls have no effect.
 */
export function inheritDeletionLimits(stack: TerraformStack): void {
  if (INHERITING.of(stack)) return;
  INHERITING.set(stack, true);
  Aspects.of(stack).add({
    visit(node) {
      const aspects = stack.node.scopes.slice(0, -1).flatMap((scope) => Aspects.of(scope).all);
      for (const aspect of aspects) if (IS_DELETION_LIMITS.of(aspect)) aspect.visit(node);
    },
  });
}

/** The lower of two limits, if there is one. If only Terraform knows one of them, Terraform compares them. */
function lower(own: number | undefined, limit: number | undefined): number | undefined {
  if (own === undefined || limit === undefined) return own ?? limit;
  return Token.isUnresolved(own) || Token.isUnresolved(limit)
    ? Token.asNumber(Fn.min([own, limit]))
    : Math.min(own, limit);
}
