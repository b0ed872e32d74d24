/**
 * Loaded into every Node.js process of a run by `NODE_OPTIONS`: once the file that NAME_GONE_FILE names is there,
 * `localhost` resolves to nothing.
 */
const dns = module.require("node:dns");
const { existsSync } = module.require("node:fs");

const lookup = dns.lookup;
dns.lookup = Object.assign((hostname, ...rest) => {
  if (hostname !== "localhost" || !existsSync(process.env.NAME_GONE_FILE)) return lookup(hostname, ...rest);
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
    code: "ENOTFOUND",
    syscall: "getaddrinfo",
    hostname,
  });
  return process.nextTick(rest.at(-1), error);
}, lookup);
