/**
 * Loaded into every Node.js process of a run by `NODE_OPTIONS`. While the file in HIDE_HOST_FILE exists, `localhost` does not
 * resolve.
 */
const dns = module.require("node:dns");
const { existsSync } = module.require("node:fs");

const lookup = dns.lookup;
dns.lookup = Object.assign((hostname, ...rest) => {
  if (hostname !== "localhost" || !existsSync(process.env.HIDE_HOST_FILE)) return lookup(hostname, ...rest);
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
    code: "ENOTFOUND",
    syscall: "getaddrinfo",
    hostname,
  });
  return process.nextTick(rest.at(-1), error);
}, lookup);
