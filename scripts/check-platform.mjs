/**
 * Ends the process with one sentence where this project cannot run: Windows (the plugin is a script with a shebang,
 * which Terraform cannot start there) and Node.js before 20.9 (the first release of the 20 line that is LTS).
 */
const [major, minor] = process.versions.node.split(".").map(Number);

if (process.platform === "win32") {
  console.error("cdktf-genauth runs on Linux and macOS; on Windows, use it inside WSL 2.");
  process.exit(1);
}
if (major < 20 || (major === 20 && minor < 9)) {
  console.error(`cdktf-genauth needs Node.js 20.9 or later; this is ${process.version}.`);
  process.exit(1);
}
