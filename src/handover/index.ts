/** What a stack with the null engine hands to the command at apply, through a `null_resource` and its provisioner. */
export { compress, decompress, LARGEST_TEXT, PIECE_LENGTH, PIECES, split } from "./pieces";
export { type Declaration, DECLARATION_FORMAT } from "./declaration";
export { ID_TYPE_TRIGGER, triggersOf, USER_TRIGGER } from "./triggers";
export { declaredVariables, pieceNames, Variable } from "./variables";
