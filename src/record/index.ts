/** What is kept of users before they are deleted. */
export {
  openDeletionRecord,
  type DeletionRecordOptions,
  type RecordedUser,
  type UserRecord,
} from "./deletion-record";
