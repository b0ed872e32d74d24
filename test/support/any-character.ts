import fc from "fast-check";

const SURROGATES_FROM = 0xd800;
const SURROGATES = 0x800;

/**
 * One of all characters of Unicode, for `fc.string({ unit: anyCharacter })`. fast-check's own unit `binary` has the same ones, and
 * first makes a table of all of them, which takes 1.5 s of processor time and 100 MB in each file of tests.
 */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10ffff - SURROGATES })
  .map((point) => String.fromCodePoint(point < SURROGATES_FROM ? point : point + SURROGATES));
