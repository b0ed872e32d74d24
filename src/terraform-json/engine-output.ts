/** OpenTofu prints this warning to standard output, among or before the JSON (seen on 1.12.6). */
const NO_CLI_FILE = "Unable to open CLI configuration file";

/**
 * What to do about an engine's output that is not JSON.
 *
 * @param text the output, or the line of it that is not JSON
 * @param hint what to do if the output itself does not say what is wrong
 */
export function hintForOutput(text: string, hint: string): string {
  return text.includes(NO_CLI_FILE)
    ? "OpenTofu printed a warning with it: it could not open its CLI configuration file. Correct or unset TF_CLI_CONFIG_FILE, and run the command of OpenTofu again."
    : hint;
}
