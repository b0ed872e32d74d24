/** Which run of Terraform or OpenTofu this process belongs to, and how many users all sets of that run delete. */
export { openDeletionLedger, LedgerError, type DeletionLedger } from "./deletion-ledger";
export { engineOf } from "./engine-of";
export { readProcess, type ProcessEntry } from "./process";
