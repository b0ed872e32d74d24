import { expect, test } from "@jest/globals";
import { endProgressLine, ProgressLine } from "../../../src/cli/progress-line";

/** A terminal that remembers what was written, and a clock in milliseconds. */
function setUp({ isTTY = true, columns = 80 } = {}) {
  const written: string[] = [];
  const clock = { now: 0 };
  const stream = { isTTY, columns, write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
  return { written, clock, line: new ProgressLine(stream, () => clock.now) };
}

const CLEARED = "\r\u001b[K";

test("long work shows its rate and the time that is left, in one line that is removed at the end", () => {
  const { written, clock, line } = setUp();
  const onProgress = line.begin("reading users");
  onProgress({ done: 50, total: 20_000 });
  clock.now = 1000;
  onProgress({ done: 1050, total: 20_000 });
  expect(written).toEqual([`${CLEARED}reading users: 1050 of 20000, 1000 a second, 19 s left`]);
  clock.now = 1100;
  onProgress({ done: 1100, total: 20_000 });
  expect(written).toHaveLength(1);
  clock.now = 2000;
  onProgress({ done: 1150, total: 200_000 });
  expect(written[1]).toBe(`${CLEARED}reading users: 1150 of 200000, 550 a second, 7 min left`);
  line.end();
  expect(written.slice(2)).toEqual([CLEARED]);
});

function doHalf({ clock, line }: Pick<ReturnType<typeof setUp>, "clock" | "line">): void {
  const onProgress = line.begin("reading users");
  onProgress({ done: 0, total: 100 });
  clock.now = 500;
  onProgress({ done: 50, total: 100 });
}

test("a line is no wider than the terminal", () => {
  const { written, clock, line } = setUp({ columns: 20 });
  doHalf({ clock, line });
  expect(written).toEqual([`${CLEARED}reading users: 50 o`]);
  line.end();
});

test("an interruption leaves the line and goes on below it", () => {
  const { written, clock, line } = setUp();
  doHalf({ clock, line });
  endProgressLine();
  endProgressLine();
  line.end();
  expect(written.slice(1)).toEqual(["\n"]);
});

test("without a terminal, and for short work, nothing is written", () => {
  const { written, clock, line } = setUp({ isTTY: false });
  doHalf({ clock, line });
  endProgressLine();
  line.end();
  expect(written).toEqual([]);
});
