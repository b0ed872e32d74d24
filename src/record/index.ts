/** What is kept of users before they are deleted. */
export { openDeletionRecord, type DeletionRecordOptions, type RecordedUser } from "./deletion-record";
