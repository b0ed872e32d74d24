/** Writes a whole project: the stack or the configuration, the user file, settings, a page and a test. */
export { PROJECT_BACKENDS, type ProjectBackend } from "./backends";
export { CDKS, type Cdk, OLDEST_NODE, PROJECT_LANGUAGES, type ProjectLanguage, USER_FILE } from "./files";
export { hasUsers, writeProject, type WrittenProject } from "./write-project";
