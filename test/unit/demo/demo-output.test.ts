import { PassThrough } from "node:stream";
import { expect, test } from "@jest/globals";
import { CheckFailed, DemoOutput } from "../../../scripts/demo/demo-output";

/** A stream that keeps its output, and can pretend to be a terminal. */
class Screen extends PassThrough {
  constructor(readonly isTTY: boolean) {
    super();
  }

  text(): string {
    return (this.read() as Buffer | null)?.toString() ?? "";
  }
}

function listen({ isTTY = false, verbose = false } = {}): { output: DemoOutput; screen: Screen } {
  const screen = new Screen(isTTY);
  return { output: new DemoOutput(screen, { verbose }), screen };
}

const leaving = Array.from(
  { length: 6 },
  (_, index) => `      - "user${index}@example.com" = "User ${index}" -> null`,
);

test("a check that holds is printed, and another one stops the demo with the evidence", () => {
  const { output, screen } = listen();
  output.check("all is well", true, undefined);
  expect(screen.text()).toBe("   ✓ all is well\n");
  expect(() => output.check("all is well", false, ["user1"])).toThrow(CheckFailed);
  expect(() => output.check("all is well", false, ["user1"])).toThrow(
    /all is well\nFound instead:\n[^]*user1/,
  );
});

test.each([true, false])("a detail is checked also if it is not printed (verbose: %s)", (verbose) => {
  const { output, screen } = listen({ verbose });
  output.checkDetail("all is well", true, undefined);
  expect(screen.text()).toBe(verbose ? "   ✓ all is well\n" : "");
  expect(() => output.checkDetail("all is well", false, ["user1"])).toThrow(CheckFailed);
});

const PLACE = [
  "",
  "  with genauth_user_set.staff,",
  "  on cdk.tf.json line 76, in resource:",
  "  76:       }",
  "",
];
const WARNING = "Warning: 6 users will be permanently deleted from GenAuth in 1 call: user0@example.com, …";

test.each([
  {
    output: "a plan",
    printed: [
      "      ~ users = {",
      ...leaving,
      "        }",
      "Plan: 0 to add",
      WARNING,
      ...PLACE,
      "Apply deletes.",
    ],
    brief: [...leaving.slice(0, 3), "      … and 3 more like these, left out here", WARNING],
  },
  {
    output: "an apply, which repeats the warning of its plan",
    printed: [
      "genauth_user_set.staff: Modifying... [id=1]",
      WARNING,
      ...PLACE,
      "Apply complete! Resources: 0 added.",
    ],
    brief: ["Apply complete! Resources: 0 added."],
  },
  {
    output: "a failed apply",
    printed: [
      "genauth_user_set.staff: Modifying... [id=1]",
      "Error: not gone",
      ...PLACE,
      "  user0",
      "Try again.",
    ],
    brief: ["Error: not gone", "  user0", "Try again."],
  },
  {
    output: "an empty plan",
    printed: ["", "No changes. All is as declared."],
    brief: ["No changes. All is as declared."],
  },
])("the brief form of $output is what a reader looks for", ({ printed, brief }) => {
  for (const form of ["quote", "excerpt"] as const) {
    const { output, screen } = listen();
    output[form](printed.join("\n"));
    expect(screen.text().trimEnd().split("\n")).toEqual(brief.map((line) => `   │ ${line}`));
  }
});

test("only the verbose form says why each step is done", () => {
  for (const verbose of [true, false]) {
    const { output, screen } = listen({ verbose });
    output.step("Do it", "Because.");
    expect(screen.text()).toBe(verbose ? "\n1. Do it\n   Because.\n" : "\n1. Do it\n");
  }
});

const removals = leaving.map((_, index) => `      + "user${index}" = (known after apply)`);

test.each([[leaving], [removals]])("an excerpt shortens long runs of similar lines, with a note", (lines) => {
  const { output, screen } = listen({ verbose: true });
  output.excerpt(["before", ...lines, "after"].join("\n"));
  expect(screen.text().split("\n")).toEqual([
    "   │ before",
    ...lines.slice(0, 4).map((line) => `   │ ${line}`),
    "   │       … and 2 more like these, left out here",
    "   │ after",
    "",
  ]);
});

test("full output keeps each person who leaves", () => {
  const { output, screen } = listen({ verbose: true });
  output.quote(leaving.join("\n"));
  expect(screen.text().match(/-> null/g)).toHaveLength(6);
});

test.each([
  { where: "a terminal", isTTY: true, noColor: "", coloured: true },
  { where: "a terminal with NO_COLOR", isTTY: true, noColor: "1", coloured: false },
  { where: "a pipe", isTTY: false, noColor: "", coloured: false },
])("on $where, colours: $coloured", ({ isTTY, noColor, coloured }) => {
  const { NO_COLOR, TERM } = process.env;
  Object.assign(process.env, { NO_COLOR: noColor, TERM: "xterm" });
  try {
    const { output, screen } = listen({ isTTY });
    output.step("Do it", "Because.");
    expect(screen.text().includes("\u001b[")).toBe(coloured);
  } finally {
    Object.assign(process.env, { NO_COLOR: NO_COLOR ?? "", TERM: TERM ?? "" });
  }
});
