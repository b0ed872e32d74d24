import { PassThrough } from "node:stream";
import { expect, test } from "@jest/globals";
import { CheckFailed, DemoOutput } from "../../scripts/demo/demo-output";

/** A stream that keeps its output, and can pretend to be a terminal. */
class Screen extends PassThrough {
  constructor(readonly isTTY: boolean) {
    super();
  }

  text(): string {
    return (this.read() as Buffer | null)?.toString() ?? "";
  }
}

function listen(isTTY = false): { output: DemoOutput; screen: Screen } {
  const screen = new Screen(isTTY);
  return { output: new DemoOutput(screen), screen };
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

const removals = leaving.map((_, index) => `      + "user${index}" = (known after apply)`);

test.each([[leaving], [removals]])("an excerpt shortens long runs of similar lines, with a note", (lines) => {
  const { output, screen } = listen();
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
  const { output, screen } = listen();
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
    const { output, screen } = listen(isTTY);
    output.step("Do it", "Because.");
    expect(screen.text().includes("\u001b[")).toBe(coloured);
  } finally {
    Object.assign(process.env, { NO_COLOR: NO_COLOR ?? "", TERM: TERM ?? "" });
  }
});
