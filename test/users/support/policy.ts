import { ProtectedUsers, type RemovalPolicy } from "../../../src/users";

/** A policy without restrictions, except for `changes`. */
export function lenientPolicy(changes: Partial<RemovalPolicy> = {}): RemovalPolicy {
  return {
    protectedUsers: ProtectedUsers.of(new Map()),
    maxDeletions: 100_000,
    maxDeletionsPercent: 100,
    heldBefore: 100_000,
    acceptEmptyPool: false,
    allowMissingUsers: true,
    checkRunLimit: () => [],
    ...changes,
  };
}
