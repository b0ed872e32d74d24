import { afterEach, expect, test } from "@jest/globals";
import { guardCommand } from "../../../src/cli/guard";

const { platform } = process;
afterEach(() => void Object.defineProperty(process, "platform", { value: platform }));

test.each([["--read-only", "--", "true"], ["--check"]])(
  "on Windows, guard %s says where it runs, and starts nothing",
  async (...line) => {
    Object.defineProperty(process, "platform", { value: "win32" });
    let ended: number | undefined;
    const command = guardCommand({}, (code) => void (ended = code));
    await expect(command.parseAsync(line, { from: "user" })).rejects.toThrow("Run it inside WSL 2");
    expect(ended).toBeUndefined();
  },
);
