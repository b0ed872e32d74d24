/** The parameters of a GET, by name. */
export type Query = Readonly<Record<string, string | boolean | readonly string[]>>;

/** The top-level keys of a POST's JSON body. */
export type Body = Readonly<Record<string, unknown>>;

/** One call of the Management API, before it is signed. */
export type ApiRequest =
  | {
      readonly method: "GET";
      /** Without host and query, such as `/api/v3/get-user`. */
      readonly path: string;
      readonly parameters: Query;
    }
  | { readonly method: "POST"; readonly path: string; readonly parameters: Body };

/** The path with the query. Arrays are written `key[]=a&key[]=b`, as GenAuth's own client writes them. */
export function target({ method, path, parameters }: ApiRequest): string {
  return method === "GET" ? `${path}?${queryText(parameters)}` : path;
}

/** The JSON body of a POST; nothing for a GET. */
export function body({ method, parameters }: ApiRequest): string | undefined {
  return method === "POST" ? JSON.stringify(parameters) : undefined;
}

function queryText(parameters: Query): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    if (typeof value === "object") for (const item of value) query.append(`${key}[]`, item);
    else query.append(key, String(value));
  }
  return query.toString();
}
