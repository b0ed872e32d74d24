import { expect, test } from "@jest/globals";
import { runCommand } from "../../../src/guard";

/** Where a command cannot be: below a file. Node.js throws this error at once; it reports a missing command later. */
const BELOW_A_FILE = `${__filename}/terraform`;

test.each([
  { what: "missing", program: "/no-such-folder/terraform", code: "ENOENT" },
  { what: "below a file", program: BELOW_A_FILE, code: "ENOTDIR" },
])(
  "a command that is $what is an error with its name, and leaves no listener for signals",
  async ({ program, code }) => {
    const countListeners = () => process.listenerCount("SIGTERM");
    const before = countListeners();
    const run = runCommand([program, "apply"], { environment: {}, withInput: false });
    await expect(run).rejects.toThrow(new RegExp(`^${program} cannot be started: .*${code}`));
    expect(countListeners()).toBe(before);
  },
);
