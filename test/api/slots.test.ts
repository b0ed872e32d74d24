import { expect, test } from "@jest/globals";
import { Slots } from "../../src/api/slots";

test("so much is under way at once, the rest waits in its order, and what fails frees its slot", async () => {
  const slots = new Slots(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const works = [0, 1, 2, 3, 4].map((number) =>
    slots.use(async () => {
      begun.push(number);
      await new Promise<void>((end) => (ends[number] = end));
      if (number === 1) throw new Error("fails");
      return number;
    }),
  );
  const settled = Promise.allSettled(works);
  expect(begun).toEqual([0, 1]);
  ends[1]?.();
  await expect(works[1]).rejects.toThrow("fails");
  expect(begun).toEqual([0, 1, 2]);
  for (const number of [0, 2, 3, 4]) {
    ends[number]?.();
    await works[number];
  }
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  expect(await settled).toMatchObject([
    { value: 0 },
    { status: "rejected" },
    { value: 2 },
    { value: 3 },
    { value: 4 },
  ]);
});
