/** Reads the files that list the users of a set. */
export { FORMATS, readUserFile, readUserList, type UserListFormat } from "./read-user-file";
export {
  MAX_SIZE,
  position,
  type Row,
  UserFileError,
  type UserFileOptions,
  type UserFileWords,
} from "./user-file";
