import { getUserBatch } from "../../../src/api/calls";
import { createTransport, type Reply } from "../../../src/api/transport";

/**
 * Sends a request straight and the same through a proxy, and prints the replies as JSON. A separate process, because Node.js reads
 * `NODE_EXTRA_CA_CERTS` only at start. Arguments: the origin and the proxy's URL.
 */
const [origin = "", proxyUrl = ""] = process.argv.slice(2);
const { request } = getUserBatch(["a"], "user_id");

async function sendBy(proxy: URL | undefined): Promise<Reply> {
  const transport = createTransport({ origin, proxy, timeoutSeconds: 30 }, () => ({
    authorization: "authing pool:signature",
  }));
  try {
    return await transport.send(request);
  } finally {
    transport.close();
  }
}

void (async () => {
  const straight = await sendBy(undefined);
  console.log(JSON.stringify({ straight, tunnelled: await sendBy(new URL(proxyUrl)) }));
})();
