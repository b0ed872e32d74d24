import { ProtectedUsers, type RemovalPolicy } from "../../../src/users";

/** A policy that forbids nothing but what `changes` says. */
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
