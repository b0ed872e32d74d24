/**
 * Terraform's numbers are exact decimals of any size; JavaScript's are doubles. These are the ones in both:
 * whole numbers up to 2^53 - 1, and fractions whose digits a double keeps. Anything else would change on its
 * way through.
 */

/** Digits, fraction and exponent of a decimal number. */
const DECIMAL = /^(-?)(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;

/**
 * The number that stands in a document as a number, a 64-bit integer or decimal text; `undefined` if a double loses
 * it.
 */
export function exactNumber(raw: number | bigint | string): number | undefined {
  const number = Number(raw);
  if (!Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number)))
    return undefined;
  if (typeof raw === "string" && canonical(raw) !== canonical(String(number))) return undefined;
  return number;
}

/** One spelling for each number: significant digits and the power of ten that the last of them stands for. */
function canonical(text: string): string | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign}${significant}e${power}`;
}
