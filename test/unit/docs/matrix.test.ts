import { expect, test } from "@jest/globals";
import { CELLS } from "../../proofs/faults/matrix/cell";
import { describeMatrix } from "../../proofs/faults/matrix/table";
import { readDocument } from "../../support/docs/documents";

const unwrap = (text: string): string => text.replaceAll(/\s+/g, " ");

test("the page of the proofs holds the matrix as it is run", () => {
  expect(unwrap(readDocument("test/proofs/README.md"))).toContain(unwrap(describeMatrix(CELLS)));
});
