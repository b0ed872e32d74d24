import { expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { applyRemoval } from "../../../src/null-resource/apply-removal";
import { sayDeletion, sayProgress } from "../../../src/null-resource/apply-removal";
import { seedUsers, startEmulator } from "../../support/emulator";
import { DECLARATION_FORMAT } from "../../../src/payload/declaration";
import { UserIdType } from "../../../src/users";

test("the progress of a deletion is printed at most every five seconds, with rate and remaining time, and at its end", () => {
  const lines: string[] = [];
  let now = 0;
  const say = (line: string): void => void lines.push(line);
  const tell = sayDeletion(
    say,
    sayProgress(say, () => now),
  );
  for (let gone = 50; gone <= 1000; gone += 50) {
    now += 600;
    tell({ done: gone, gone: gone - 1, total: 1000 });
  }
  expect(lines).toEqual([
    "deleting users: 500 of 1000, 83 a second, about 6 s left",
    "deleting users: 950 of 1000, 83 a second, about 1 s left",
    "20 of 20 chunks done: 999 of 1000 users gone, 1 not",
  ]);
});

test("long look-ups and deletions print their progress", async () => {
  const users = seedUsers(400);
  const emulator = await startEmulator({ users, rateLimit: false });
  const folder = newFolder();
  const output: string[] = [];
  let elapsed = 0;
  const ids = users.map(({ email }) => email ?? "");
  await applyRemoval(
    {
      object: "1",
      folder: ".",
      prior: { type: UserIdType.EMAIL, users: new Map(ids.slice(0, 400).map((id) => [id, ""])) },
      declaration: {
        format: DECLARATION_FORMAT,
        set: "stack/staff",
        userIdType: UserIdType.EMAIL,
        users: ids.slice(200).map((id) => [id, ""] as const),
        retainedIds: [],
        protectedUsers: {},
        maxDeletionsPercent: 100,
      },
    },
    {
      environment: { ...emulator.environment(), GENAUTH_REQUESTS_PER_SECOND: "10000", TF_DATA_DIR: folder },
      stop: new AbortController().signal,
      say: (text) => void output.push(text),
      now: () => (elapsed += 6000),
      readEngine: () => ({ args: ["terraform", "apply"], program: "terraform", key: "1" }),
    },
  );
  const progress = output.flatMap((text) => /^(.*): \d+ of \d+, \d+ a second/.exec(text)?.[1] ?? []);
  expect([...new Set(progress)]).toEqual([
    "looking up removed and added users",
    "deleting users",
    "looking up declared users",
  ]);
});
