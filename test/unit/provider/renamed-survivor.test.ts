import type { KeptSet } from "../../support/engine-model/user-set";
import { expect, test } from "@jest/globals";
import { UserIdType } from "../../../src/users";
import { LOST } from "../../support/users/failures";
import { ModelDirectory } from "../../support/users/model-directory";
import { person } from "../../support/users/people";
import { type DeclaredSet, runStack } from "../../support/provider/in-process-stack";

/** One person, declared by an e-mail address. */
function declared(...emails: readonly string[]): DeclaredSet[] {
  const users = new Map(emails.map((email) => [email, "Ada Aydin"]));
  return [{ type: UserIdType.EMAIL, users, retained: [] }];
}

function usersIn([set]: readonly KeptSet[]): unknown {
  return [...((set?.state?.users as ReadonlyMap<string, string> | undefined) ?? new Map()).keys()];
}

/** The file has Ada's new address, GenAuth has the old one, and look-ups fail at plan and apply. */
async function renameDuringOutage() {
  const pool = new ModelDirectory([person(1, { email: "ada@old.example" })]);
  const options = { directory: pool, protectedIds: new Map(), stop: new AbortController().signal };
  const { sets: before } = await runStack([], declared("ada@old.example"), options);
  const { sets } = await runStack(before, declared("ada@new.example"), {
    ...options,
    afterRefresh: () => (pool.fault = () => ({ failure: LOST })),
  });
  pool.fault = () => undefined;
  return { pool, options, sets };
}

test("a survivor of a failed look-up may turn out to be renamed, and is kept", async () => {
  const { pool, options, sets } = await renameDuringOutage();
  expect(usersIn(sets)).toEqual(["ada@new.example", "ada@old.example"]);
  const next = await runStack(sets, declared("ada@new.example"), options);
  expect(pool.deleted).toEqual([]);
  expect(next.diagnostics.map(({ detail }) => detail).join("\n")).toContain("this looks like a rename");
  expect(usersIn(next.sets)).toEqual(["ada@new.example"]);
});

test("a new id that is removed again leaves the set, and the old user is deleted", async () => {
  const { pool, options, sets } = await renameDuringOutage();
  const next = await runStack(sets, declared(), options);
  expect(pool.deleted).toEqual([person(1).userId]);
  expect(usersIn(next.sets)).toEqual([]);
});
