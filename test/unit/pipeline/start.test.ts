import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";

const SRC = join(__dirname, "../../../src");

/** What a job needs only once it calls somebody, or what other commands need. Its start would take a fifth longer. */
const NOT_AT_START = ["node-fetch", ...["api", "guard", "reports", "users"].map((name) => join(SRC, name))];

test("a job of a pipeline starts without the code that only other commands need", async () => {
  const loaded: string[] = [];
  for (const each of NOT_AT_START) {
    jest.doMock(each, () => {
      loaded.push(each);
      return jest.requireActual<object>(each);
    });
  }
  await import("../../../src/pipeline");
  expect(loaded).toEqual([]);
});
