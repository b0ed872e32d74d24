/** The files in which people keep the users of a set. */
export { readUserFile } from "./read-user-file";
export { position, UserFileError } from "./user-file-error";
export type { UserFileOptions } from "./user-file-options";
