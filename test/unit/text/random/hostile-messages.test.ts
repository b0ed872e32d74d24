import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { TerraformStack, Testing } from "cdktf";
import { newFolder } from "../../../support/at-end";
import { COMMANDS } from "../../../../src/cli/commands";
import { runProgram } from "../../../../src/cli/program";
import { GenAuthProvider, ManagedUserSet, UserIdType, Users } from "../../../../src";
import { error, fillModel } from "../../../../src/plugin";
import { diagnosticMessages, describeThrown } from "../../../../src/plugin/session";
import { ValueError } from "../../../../src/plugin/diagnostic";
import { validateProtectedUsers } from "../../../../src/provider/validate-provider";
import { encodeMemory } from "../../../../src/provider/user-set/memory-codec";
import { readUserSet } from "../../../../src/provider/user-set/read";
import { type UserSetModel, userSetSchema } from "../../../../src/provider/user-set/schema";
import { validateUserSet } from "../../../../src/provider/user-set/validate";
import { resolveSettings } from "../../../../src/operator";
import { printable } from "../../../../src/text";
import { readUserFile } from "../../../../src/user-files";
import { contextOver } from "../../../support/provider/refreshed-set";
import { ModelDirectory } from "../../../support/users/model-directory";
import { NO_MEMORY } from "../../../../src/users/change/memory";

/** Texts that would act on the terminal of a person who reads a plan, a synth or a log. */
const HOSTILE = ["\u001b[2J", "\u009b2J", "\u202e", "\u200b", "\u2028", "\u2800", "\u{e0041}"].join("");

let folder: string;
beforeEach(() => void (folder = newFolder()));
afterEach(() => void jest.restoreAllMocks());

/** Every source of text in messages: files, configurations, states and the server. */
const SOURCES: Readonly<Record<string, (hostile: string) => string | Promise<string>>> = {
  "a column of a CSV file": (hostile) => refusal(() => readUserFile(file("s.csv", `x${hostile}y\na`), {})),
  "text like a token in a file": (hostile) =>
    refusal(() => Users.fromFile(file("s.json", JSON.stringify([`\${TfToken[${hostile}`])))),
  "text like a token in code": (hostile) => refusal(() => Users.fromIds([`#{TfToken[${hostile}`])),
  "a duplicate id": (hostile) =>
    synthesised((stack) => {
      const users = Users.fromIds([`A${hostile}b@x`, `a${hostile}B@x`]);
      new ManagedUserSet(stack, "staff", { users, userIdType: UserIdType.EMAIL });
    }),
  "an id type to protect in a stack": (hostile) =>
    refusal(() =>
      new GenAuthProvider(new TerraformStack(Testing.app({ outdir: folder }), "stack"), "b").protect(
        hostile as never,
        [],
      ),
    ),
  "a duplicate id in HCL": (hostile) =>
    details(
      validateUserSet(configured({ users: new Map(["Aa@x", "aA@x"].map((id) => [id + hostile, ""])) })),
    ),
  "an id type in HCL": (hostile) => details(validateUserSet(configured({ user_id_type: hostile }))),
  "an id type of protected_users": (hostile) => details(validateProtectedUsers(new Map([[hostile, []]]))),
  GENAUTH_PARALLELISM: (hostile) => details(resolveSettings({}, { GENAUTH_PARALLELISM: hostile }).problems),
  "a binding in a state": (hostile) => messageOfBinding(hostile),
  "a message of the server for Terraform": (hostile) =>
    sent(error("It failed", `First line.\nThen ${hostile}`)),
  "a summary for Terraform": (hostile) => sent(error(`Not ${hostile}`, "")),
  "a key of a state": (hostile) =>
    sent(describeThrown(new ValueError("no", [{ attribute: "users" }, { key: hostile }]), "Read")),
  "the version of a plan": (hostile) => {
    const plan = JSON.stringify({ format_version: `9${hostile}`, resource_changes: [] });
    return stderrOf("plan-report", file("plan.json", plan));
  },
  "a file that the command reads": (hostile) =>
    stderrOf("emulator", "--users", file("users.json", `[${hostile}]`)),
};

test.each(Object.entries(SOURCES))(
  "%s is shown with each character that acts or hides",
  async (_, messageOf) => {
    const message = await messageOf(HOSTILE);
    for (const line of message.split("\n")) expect(printable(line)).toBe(line);
    // A key of a state is quoted as JSON, which escapes the first of them in another way.
    expect(message.replaceAll("\\u001b", "\\u{1b}")).toContain(printable(HOSTILE));
  },
);

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return "";
}

/** The error of CDKTF at synth. */
function synthesised(declare: (stack: TerraformStack) => unknown): string {
  const stack = new TerraformStack(Testing.app({ outdir: folder }), "stack");
  new GenAuthProvider(stack, "genauth");
  declare(stack);
  return refusal(() => stack.runAllValidations());
}

function details(problems: readonly { readonly detail: string }[]): string {
  return problems.map(({ detail }) => detail).join("\n");
}

function configured(attributes: Partial<UserSetModel>): UserSetModel {
  return fillModel(userSetSchema, { users: new Map(), user_id_type: "email", ...attributes });
}

/** The message of a refresh about an id that was bound to another user. */
async function messageOfBinding(boundTo: string): Promise<string> {
  const pool = new ModelDirectory([{ userId: "1".repeat(24), email: "a@x", identities: [] }]);
  const data = { ...NO_MEMORY, bindings: new Map([["a@x", boundTo]]) };
  const state = configured({ users: new Map([["a@x", ""]]) });
  const privateData = encodeMemory(data, ["a@x"], UserIdType.EMAIL);
  return details((await readUserSet({ state, privateData, context: contextOver(pool) })).diagnostics);
}

/** A diagnostic as Terraform receives it. Terraform prints it unchanged. */
function sent(diagnostic: ReturnType<typeof error>): string {
  return diagnosticMessages([diagnostic])
    .map(({ summary = "", detail = "" }) => `${summary}\n${detail}`)
    .join("\n");
}

/** The command's output on stderr. */
async function stderrOf(...args: readonly string[]): Promise<string> {
  const stderr = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  await runProgram(COMMANDS, args, {});
  return stderr.mock.calls.map(([text]) => String(text)).join("");
}
