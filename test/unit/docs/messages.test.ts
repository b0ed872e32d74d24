import { expect, test } from "@jest/globals";
import {
  OF_NEWER_TERRAFORM,
  OF_NODE,
  OF_THE_ENGINE,
  partsOf,
  PUT_TOGETHER,
  quotedMessages,
} from "../../support/docs/quoted-messages";
import { sourceTexts } from "./source-texts";

const texts = sourceTexts();

/** Whether a text contains the parts between the placeholders of a message, in order. */
function says(text: string, message: string): boolean {
  let from = 0;
  return partsOf(message).every((part) => {
    const at = text.indexOf(part, from);
    from = at + part.length;
    return at !== -1;
  });
}

/** A command, whose result a row explains. */
const NO_MESSAGE = new Set(["plan-report"]);

test("every message that a document quotes is in the source or in an engine", () => {
  const others = new Set([...OF_THE_ENGINE, ...OF_NEWER_TERRAFORM, ...OF_NODE, ...NO_MESSAGE]);
  const own = quotedMessages().filter(({ message }) => !others.has(message));
  expect(own.length).toBeGreaterThan(15);
  const unknown = own.filter(({ message }) => {
    const composed = PUT_TOGETHER[message];
    return composed === undefined
      ? !texts.some((text) => says(text, message))
      : !texts.some((text) => text === composed);
  });
  expect(unknown).toEqual([]);
});

test("every listed message of other programs is quoted in a document", () => {
  const quoted = new Set(quotedMessages().map(({ message }) => message));
  const listed = [
    ...OF_THE_ENGINE,
    ...OF_NEWER_TERRAFORM,
    ...OF_NODE,
    ...NO_MESSAGE,
    ...Object.keys(PUT_TOGETHER),
  ];
  expect(listed.filter((message) => !quoted.has(message))).toEqual([]);
});
