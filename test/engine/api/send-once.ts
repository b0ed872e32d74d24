import { getUserBatch } from "../../../src/api/calls";
import { createTransport } from "../../../src/api/transport";

/**
 * Sends one request and prints the reply as JSON. A separate process, because Node.js reads `NODE_EXTRA_CA_CERTS` only at
 * start. Arguments: the origin, and the proxy's URL if there is one.
 */
const [origin = "", proxy] = process.argv.slice(2);
const transport = createTransport(
  { origin, proxy: proxy === undefined ? undefined : new URL(proxy), timeoutSeconds: 30 },
  () => ({ authorization: "authing pool:signature" }),
);
const { request } = getUserBatch(["a"], "user_id");
void transport.send(request).then((reply) => {
  console.log(JSON.stringify(reply));
  transport.close();
});
