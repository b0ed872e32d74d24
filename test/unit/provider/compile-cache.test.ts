import { expect, test } from "@jest/globals";
import { keepCompiledCode } from "../../../src/provider/compile-cache";

const cachesOfHome = process.platform === "darwin" ? "/home/ada/Library/Caches" : "/home/ada/.cache";

test.each<[string, NodeJS.ProcessEnv, readonly string[]]>([
  [
    "in the folder that the user names",
    { HOME: "/home/ada", XDG_CACHE_HOME: "/c" },
    ["/c/cdktf-genauth/compiled"],
  ],
  ["in the platform's folder", { HOME: "/home/ada" }, [`${cachesOfHome}/cdktf-genauth/compiled`]],
  ["nowhere for a user without a home", {}, []],
])("compiled code is cached %s", (_, environment, expected) => {
  const folders: string[] = [];
  keepCompiledCode(environment, (folder) => folders.push(folder));
  expect(folders).toEqual(expected);
});
