import { compact } from "../../lists";
import { printable } from "../../text";
import type { ChangeContext } from "../change/set-change";
import type { SetMemory } from "../change/memory";
import { detectWrongPool } from "../change/wrong-pool";
import { type DirectoryFailure, UserIdType } from "../directory";
import { type Drift, driftOf, lockedOutOf, missingOf } from "../drift";
import { isSameUserId } from "../ids/id-types";
import { failuresOf, findOutage, type Resolution, resolutionOf } from "../look-up/resolution";
import { resolveIds } from "../look-up/user-look-ups";
import {
  count,
  describeIds,
  type Line,
  listUsers,
  MAX_LISTED,
  type Message,
  poolName,
  type Told,
  warningAbout,
} from "../wording";
import { countNeverFound } from "./new-set";
import { describeOneUser } from "../messages/describe-one-user";

/** A set as its state has it before a refresh. */
export interface SetToRefresh {
  readonly type: UserIdType;
  /** Id -> label, of the declared users and the survivors. */
  readonly users: ReadonlyMap<string, string>;
  readonly memory: SetMemory;
  /** What the last check found; absent if the set was never checked. */
  readonly lastDrift: Drift | undefined;
  /** From when the users who wait are deleted, by id: RFC 3339. */
  readonly deletionDates: ReadonlyMap<string, string>;
}

/** How a refresh looks users up, and what the pipeline allows. */
export type RefreshContext = Omit<ChangeContext, "countInRun" | "confirmWithinMs">;

/** What a refresh found, or why it says nothing about the set. */
export type RefreshedSet =
  | { readonly refusal: Message }
  | { readonly memory: SetMemory; readonly drift: Drift; readonly told: readonly Told[] };

/**
 * Looks up all users of a set, and everybody who waits. Nobody is deleted or forgotten. Look-ups that fail
 * for everybody, and a wrong pool, are refused, because neither may look like a deletion.
 */
export async function refreshSet(set: SetToRefresh, context: RefreshContext): Promise<RefreshedSet> {
  const { type, users, memory } = set;
  const found = await resolveIds(context, users.keys(), type, "refresh: looking up users");
  // They never count towards a wrong pool. Their answers also tell GenAuth's time.
  const userIds = [...memory.waiting.values()].map(({ userId }) => userId);
  const doing = "refresh: looking up users who wait";
  const waiting = await resolveIds(context, userIds, UserIdType.USER_ID, doing);
  const refresh = new Refresh(set, context, found, waiting);
  const refusal = refresh.findRefusal();
  return refusal ? { refusal } : refresh.findState();
}

class Refresh {
  private readonly undecided: ReadonlyMap<string, DirectoryFailure>;

  /**
   * @param found which user each id of the set names
   * @param waiting those who wait, by system user id
   */
  constructor(
    private readonly set: SetToRefresh,
    private readonly context: RefreshContext,
    private readonly found: ReadonlyMap<string, Resolution>,
    private readonly waiting: ReadonlyMap<string, Resolution>,
  ) {
    this.undecided = failuresOf(found);
  }

  /** Why the look-ups say nothing about the set. */
  findRefusal(): Message | undefined {
    const { set, undecided, waiting } = this;
    const ofWaiting = failuresOf(waiting);
    // Nothing is known of the set if the look-ups of all its users fail.
    const outage = findOutage([...undecided.values()], set.users.size) ?? findOutage([...ofWaiting.values()]);
    if (outage) {
      const failed = compact(
        undecided.size > 0 && `${undecided.size} of ${count(set.users.size, "user")}`,
        ofWaiting.size > 0 && `${ofWaiting.size} of ${count(waiting.size, "suspended user")}`,
      ).join(" and ");
      return {
        summary: "Cannot look up the users",
        detail: `${outage.message} ${failed} could not be looked up, so the state is unchanged.`,
      };
    }
    if (this.context.acceptEmptyPool) return undefined;
    const { bindings, undeclared } = set.memory;
    const known = { knownIds: bindings, bindings: set.type === UserIdType.USER_ID ? undefined : bindings };
    return detectWrongPool(known, this.found, undeclared);
  }

  findState(): RefreshedSet {
    const { type, users, memory, lastDrift } = this.set;
    const declared = [...users.keys()].filter((id) => !memory.undeclared.has(id));
    const missing = missingOf(declared, this.found);
    const isBound = (id: string): boolean => memory.bindings.has(id);
    const neverFound = missing.filter((id) => !isBound(id)).length;
    const survivors =
      lastDrift?.survivors.filter((id) => resolutionOf(id, this.found).kind !== "absent") ?? [];
    const bound = this.bindIds();
    return {
      drift: driftOf(missing, survivors, lockedOutOf(declared, this.found, lastDrift?.locked_out)),
      memory: { ...memory, ...bound, waiting: this.markDue() },
      told: compact(
        this.tellVanished(missing.filter(isBound)),
        countNeverFound(neverFound, declared.length, type),
        this.tellRebound(bound.rebindings),
        describeOneUser(declared, this.found),
        this.tellUndecided(),
      ),
    };
  }

  /**
   * Binds ids that are found for the first time, including those of survivors: the next plan names that user
   * for review. A declared id that now names another user is noted, and the next apply binds it to that user.
   */
  private bindIds(): Pick<SetMemory, "bindings" | "rebindings"> {
    const { users, memory, type } = this.set;
    const bindings = new Map(memory.bindings);
    const rebindings = new Map<string, string>();
    // A system user id is its own binding and never names another user, but a server may accept more
    // spellings of it.
    const isBound = (bound: string, userId: string): boolean =>
      type === UserIdType.USER_ID || isSameUserId(bound, userId);
    for (const id of users.keys()) {
      const found = resolutionOf(id, this.found);
      if (found.kind !== "found") continue;
      const bound = bindings.get(id);
      if (bound === undefined) bindings.set(id, found.userId);
      else if (!memory.undeclared.has(id) && !isBound(bound, found.userId)) rebindings.set(id, found.userId);
    }
    return { bindings, rebindings };
  }

  /**
   * Marks the users whose day has come. Plan and apply go by the mark and not by a clock: with a clock of its
   * own, an apply could delete somebody that its saved plan does not.
   */
  private markDue(): SetMemory["waiting"] {
    const { memory, deletionDates } = this.set;
    const now = this.context.holdDueDeletions ? undefined : this.context.serviceTime?.();
    const hasCome = (id: string): boolean =>
      now !== undefined && now >= Date.parse(deletionDates.get(id) ?? "");
    return new Map([...memory.waiting].map(([id, user]) => [id, { ...user, isDue: hasCome(id) }]));
  }

  private tellVanished(ids: readonly string[]): Told | undefined {
    if (ids.length === 0) return undefined;
    const detail = `They were declared at the last apply, and were in the pool before. Somebody deleted them, perhaps an apply that was cut off, or their ids changed in the pool:\n${describeIds(ids, this.set.users)}\nUnless this plan removes them: remove them from the set, or create them again in the pool.`;
    return warningAbout(ids, `${count(ids.length, "declared user")} vanished from GenAuth`, detail);
  }

  private tellRebound(rebindings: SetMemory["rebindings"]): Told | undefined {
    if (rebindings.size === 0) return undefined;
    const { memory, users } = this.set;
    const lines = [...rebindings].map(([id, now]): Line => {
      const found = resolutionOf(id, this.found);
      const name = found.kind === "found" ? ` (${poolName(found.user)})` : "";
      const former = printable(memory.bindings.get(id) ?? "");
      return {
        id,
        label: users.get(id) ?? "",
        note: `was user ${former}, is user ${printable(now)}${name} now`,
      };
    });
    return warningAbout(
      [...rebindings.keys()],
      `${count(rebindings.size, "declared id")} now ${rebindings.size === 1 ? "names" : "name"} somebody else`,
      `In GenAuth, another user has taken over the id since it was declared:\n${listUsers(lines, MAX_LISTED, ", listed in rebindings of the set")}\nAn apply binds the id to the new user: from then on, taking the id out of the set deletes the new user's account, and nothing here manages the former one. Before that apply, taking it out deletes nobody.`,
    );
  }

  private tellUndecided(): Told | undefined {
    const [first] = this.undecided.values();
    if (!first) return undefined;
    const ids = [...this.undecided.keys()];
    const detail = `${first.message} Until this is resolved, they count as present and are not deleted:\n${describeIds(ids, this.set.users)}`;
    return warningAbout(ids, `GenAuth could not identify ${count(ids.length, "user")}`, detail);
  }
}
