import { readFileSync, realpathSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { engines } from "../../support/engine/engines";
import { OF_THE_ENGINE, partsOf } from "../../support/docs/quoted-messages";

/** The program holds its texts; the host of the provider's address is no part of them. */
const withoutHost = (message: string): string => message.replaceAll("terraform.local", "…");

describe.each(engines())("$name $version", ({ path }) => {
  test("has the messages that the documents quote as the engine's", () => {
    const program = readFileSync(realpathSync(path));
    const parts = OF_THE_ENGINE.flatMap((message) => partsOf(withoutHost(message)));
    expect(parts.filter((part) => !program.includes(part))).toEqual([]);
  });
});
