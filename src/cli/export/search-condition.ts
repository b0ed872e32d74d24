import { InvalidArgumentError } from "commander";
import { SEARCH_OPERATORS, type SearchCondition, type SearchOperator } from "../../api";

const WITHOUT_VALUE: readonly SearchOperator[] = ["IS_NULL", "NOT_NULL"];
const WITH_LIST: readonly SearchOperator[] = ["IN", "BETWEEN"];

/** Reads `FIELD OPERATOR [VALUE]`, such as `status EQUAL Activated`; `IN` and `BETWEEN` take values between commas. */
export function parseCondition(text: string): SearchCondition {
  const [, field = "", word = "", value = ""] = /^\s*(\S+)\s+(\S+)\s*(.*?)\s*$/u.exec(text) ?? [];
  const operator = SEARCH_OPERATORS.find((name) => name === word.toUpperCase());
  if (operator === undefined) {
    throw new InvalidArgumentError(
      `It must read "FIELD OPERATOR VALUE", such as "status EQUAL Activated". Operators: ${SEARCH_OPERATORS.join(", ")}.`,
    );
  }
  const takesValue = !WITHOUT_VALUE.includes(operator);
  if (takesValue !== (value !== "")) {
    throw new InvalidArgumentError(`${operator} takes ${takesValue ? "a" : "no"} value.`);
  }
  if (!takesValue) return { field, operator };
  const values = value.split(",").map((part) => part.trim());
  if (operator === "BETWEEN" && values.length !== 2)
    throw new InvalidArgumentError("BETWEEN takes two values.");
  return { field, operator, value: WITH_LIST.includes(operator) ? values : value };
}
