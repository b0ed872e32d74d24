import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { serveHttp } from "../../support/http-server";

/** A call of a REST API. */
export interface RestRequest {
  /** The path without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The parts of the path that the route names. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The JSON that was sent; an empty object if there was none. */
  readonly body: object;
}

/** The answer to a call. */
export class RestReply {
  #isSent = false;

  constructor(private readonly response: ServerResponse) {}

  code(status: number): this {
    this.response.statusCode = status;
    return this;
  }

  header(name: string, value: string): this {
    this.response.setHeader(name, value);
    return this;
  }

  /** Whether it has been sent. */
  isSent(): boolean {
    return this.#isSent;
  }

  /** Sends bytes as they are, an object as JSON, or nothing. */
  send(body?: object): this {
    this.#isSent = true;
    if (body === undefined) this.response.end();
    else if (body instanceof Uint8Array) this.response.end(body);
    else this.response.setHeader("content-type", "application/json").end(JSON.stringify(body));
    return this;
  }
}

/** Answers a call. @returns the body to send, if `reply` has sent none */
type Handler = (request: RestRequest, reply: RestReply) => object | undefined;

/** A REST API on loopback. What no route answers is not found. */
export class RestServer {
  readonly #routes: { readonly method: string; readonly path: RegExp; readonly handler: Handler }[] = [];

  /** @param before runs before each call, and refuses it by sending an answer */
  constructor(private readonly before: (request: RestRequest, reply: RestReply) => void) {}

  /** @param path with names after colons for its parts, and `*` for all that follows, which is the parameter `rest` */
  route(method: string, path: string, handler: Handler): void {
    const pattern = path
      .split("/")
      .map((part) => (part === "*" ? "(?<rest>.+)" : part.replace(/^:(\w+)$/, "(?<$1>[^/]+)")))
      .join("/");
    this.#routes.push({ method, path: new RegExp(`^${pattern}$`), handler });
  }

  /** Serves until all tests of the file have ended. @returns the address */
  open(): Promise<string> {
    return serveHttp((incoming, response) => {
      this.#answer(incoming, new RestReply(response)).catch((problem: unknown) => {
        response.writeHead(500).end(String(problem));
      });
    });
  }

  async #answer(incoming: IncomingMessage, reply: RestReply): Promise<void> {
    const { pathname, searchParams } = new URL(incoming.url ?? "", "http://localhost");
    const routes = this.#routes.filter(({ method }) => method === incoming.method);
    const route = routes.find(({ path }) => path.test(pathname));
    const parts = Object.entries(route?.path.exec(pathname)?.groups ?? {});
    const sent = await text(incoming);
    const request: RestRequest = {
      path: pathname,
      headers: incoming.headers,
      params: Object.fromEntries(parts.map(([name, part]) => [name, decodeURIComponent(part)])),
      query: Object.fromEntries(searchParams),
      body: sent === "" ? {} : (JSON.parse(sent) as object),
    };
    this.before(request, reply);
    if (reply.isSent()) return;
    const answer = route?.handler(request, reply);
    if (reply.isSent()) return;
    if (answer === undefined) reply.code(404).send({ message: "Not Found" });
    else reply.send(answer);
  }
}
