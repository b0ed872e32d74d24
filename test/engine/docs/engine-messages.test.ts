import { readFileSync, realpathSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { engines, enginesThatHandOnPlans } from "../../support/engine/engines";
import { OF_NEWER_TERRAFORM, OF_THE_ENGINE, partsOf } from "../../support/docs/quoted-messages";

/** The program holds its texts; the host of the provider's address is no part of them. */
const withoutHost = (message: string): string => message.replaceAll("terraform.local", "…");

const newest = enginesThatHandOnPlans().map((engine) => ({ ...engine, messages: OF_NEWER_TERRAFORM }));
const cases = [...engines().map((engine) => ({ ...engine, messages: OF_THE_ENGINE })), ...newest];

describe.each(cases)("$name $version", ({ path, messages }) => {
  test("has the messages that the documents quote as the engine's", () => {
    const program = readFileSync(realpathSync(path));
    const parts = messages.flatMap((message) => partsOf(withoutHost(message)));
    expect(parts.filter((part) => !program.includes(part))).toEqual([]);
  });
});
