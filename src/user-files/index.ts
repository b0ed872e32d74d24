/** Reads the files that list the users of a set. */
export { readUserFile } from "./read-user-file";
export { position, UserFileError, type UserFileOptions, type UserFileWords } from "./user-file";
