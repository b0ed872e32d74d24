import { expect, test } from "@jest/globals";
import { timeoutOf } from "../../../src/plugin/grpc/timeout";

test.each<[string | undefined, number | undefined]>([
  ["20m", 20],
  ["3S", 3_000],
  ["2M", 120_000],
  ["1H", 3_600_000],
  ["1500u", 1.5],
  ["99999999n", 99.999999],
  ["99999999H", undefined],
  ["999999999m", undefined],
  ["-1m", undefined],
  ["1x", undefined],
  ["", undefined],
  [undefined, undefined],
])("a limit of %j is %j milliseconds", (header, milliseconds) => {
  expect(timeoutOf(header)).toEqual(milliseconds === undefined ? undefined : expect.closeTo(milliseconds));
});
