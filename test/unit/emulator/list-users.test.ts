import { beforeAll, expect, jest, test } from "@jest/globals";
import { ManagementClient } from "authing-node-sdk";
import { seedUsers, startEmulator } from "../../support/emulator";
import type { Emulator } from "../../support/emulator";

let emulator: Emulator;
let sdk: ManagementClient;
beforeAll(async () => {
  emulator = await startEmulator({ users: seedUsers(60) });
  const { url: host, accessKeyId, accessKeySecret } = emulator;
  sdk = new ManagementClient({ host, accessKeyId, accessKeySecret });
});

/** The user names of a page, and the total of all pages. */
async function list(
  request: Record<string, unknown>,
): Promise<[total: number, ...names: (string | undefined)[]]> {
  const { data } = await sdk.listUsers(request);
  return [data.totalCount, ...data.list.map(({ username }) => username)];
}

const page = (number: number, limit: number) => ({ options: { pagination: { page: number, limit } } });

test.each([
  { what: "the first page", request: {}, expected: [60, ...names(1, 10)] },
  { what: "the last page", request: page(2, 50), expected: [60, ...names(51, 60)] },
  {
    what: "a descending order",
    request: { options: { sort: [{ field: "username", order: "desc" }], pagination: { page: 1, limit: 2 } } },
    expected: [60, "user060", "user059"],
  },
])("list-users gives $what", async ({ request, expected }) => {
  expect(await list(request)).toEqual(expected);
});

test("a search is refused, so that nobody takes everybody for whom it finds", async () => {
  const advancedFilter = [{ field: "username", operator: "EQUAL", value: "user003" }];
  expect(await sdk.listUsers({ advancedFilter } as never)).toMatchObject({ statusCode: 400 });
  expect(await sdk.listUsers({ keywords: "user003" })).toMatchObject({ statusCode: 400 });
});

test("list-users shows identities on request, and refuses a page of more than 50", async () => {
  const asked = await sdk.listUsers({ options: { withIdentities: true } });
  expect(asked.data.list[0]?.identities).toMatchObject([{ provider: "oidc" }, { provider: "lark" }]);
  expect((await sdk.listUsers({})).data.list[0]?.identities).toBeUndefined();
  expect(await sdk.listUsers(page(1, 51))).toMatchObject({ statusCode: 400 });
});

test("the pages of a list cost one search of the pool, until somebody changes", async () => {
  const own = await startEmulator({ users: seedUsers(120) });
  const client = new ManagementClient({
    host: own.url,
    accessKeyId: own.accessKeyId,
    accessKeySecret: own.accessKeySecret,
  });
  const searched = jest.spyOn(own.pool, "list");
  const read = async (number: number) => {
    const { data } = await client.listUsers(page(number, 50));
    return [data.totalCount, data.list.length, data.list[0]?.username];
  };
  expect(await read(1)).toEqual([120, 50, "user001"]);
  expect(await read(3)).toEqual([120, 20, "user101"]);
  expect(searched).toHaveBeenCalledTimes(1);
  own.pool.remove(own.pool.find("user001", "username")?.userId ?? "");
  expect(await read(2)).toEqual([119, 50, "user052"]);
  own.pool.update(own.pool.find("user052", "username")?.userId ?? "", { username: "renamed" });
  expect(await read(2)).toEqual([119, 50, "renamed"]);
  own.pool.add(...seedUsers(1, { prefix: "new" }));
  expect(await read(3)).toEqual([120, 20, "user102"]);
  expect(searched).toHaveBeenCalledTimes(4);
});

function names(first: number, last: number): string[] {
  return Array.from(
    { length: last - first + 1 },
    (_, index) => `user${String(first + index).padStart(3, "0")}`,
  );
}
