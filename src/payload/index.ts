/**
 * What a stack with a set as a `null_resource` passes to the command that apply runs: the triggers, which
 * hold the previous set, the declaration, and the provisioner that passes both. Synth writes it, apply and
 * the reports read it, so this is all that they share.
 */
export {
  compress,
  type Declaration,
  DECLARATION_FORMAT,
  decompress,
  LARGEST_TEXT,
  pieceNames,
  type PieceVariable,
  Variable,
} from "./declaration";
export { isOwnProvisioner, PROVISIONER_COMMAND, provisionerEnvironment } from "./provisioner";
export { type HeldSet, heldSetOf, ID_TYPE_TRIGGER, triggersOf, USER_TRIGGER } from "./triggers";
