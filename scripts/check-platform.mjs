// npm only warns if `engines` or `os` does not fit, and says nothing in a clone's own scripts.
/**
 * Ends the process with an explanation if this project cannot run here: on Windows, where Terraform cannot start a
 * script with a shebang, and on Node.js before 20.9, the first LTS release of version 20.
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
