import { expect, test } from "@jest/globals";
import { CELLS } from "../../proofs/faults/matrix/cell";
import { describeMatrix } from "../../proofs/faults/matrix/table";
import { PROOFS, renderProofs } from "../../../scripts/reference/proofs";
import { readDocument, ROOT } from "../../support/docs/documents";

const unwrap = (text: string): string => text.replaceAll(/\s+/g, " ");

test("the page of the proofs holds the matrix as it is run", () => {
  expect(unwrap(readDocument(PROOFS))).toContain(unwrap(describeMatrix(CELLS)));
});

test("the page of the proofs has the titles of the tests", () => {
  // If this fails: npm run generate
  expect(readDocument(PROOFS)).toBe(renderProofs(ROOT));
});
