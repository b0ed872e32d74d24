/** Writes a whole project: the stack or the configuration, the user file, settings and a test. */
export { PROJECT_BACKENDS, type ProjectBackend } from "./backends";
export { CDKS, type Cdk, PROJECT_LANGUAGES, type ProjectLanguage, USER_FILE } from "./files";
export { hasUserFile, writeProject, type WrittenProject } from "./write-project";
