import { expect, test } from "@jest/globals";
import { createLogger, type Logger } from "../../../src/plugin";

test.each<[string, Record<string, string>, readonly string[]]>([
  ["nothing without a level", {}, []],
  ["nothing when it is off", { TF_LOG: "off" }, []],
  ["errors only", { TF_LOG: "ERROR" }, ["error"]],
  ["from a level upwards", { TF_LOG: "info" }, ["info", "warn", "error"]],
  ["everything for Terraform's JSON log", { TF_LOG: "JSON" }, ["trace", "debug", "info", "warn", "error"]],
  ["by the providers' own level first", { TF_LOG: "trace", TF_LOG_PROVIDER: "warn" }, ["warn", "error"]],
  ["not by Terraform's own level", { TF_LOG_CORE: "trace" }, []],
  [
    "by this provider's level before all",
    { TF_LOG_PROVIDER: "off", TF_LOG_PROVIDER_MY_TEST: "error" },
    ["error"],
  ],
])("writes %s", (_, environment, levels) => {
  const { logger, lines } = capture(environment);
  for (const level of ["trace", "debug", "info", "warn", "error"] as const) logger[level]("said");
  expect(lines().map((line) => line["@level"])).toEqual(levels);
});

test("writes lines that Terraform recognises, and that fields cannot forge", () => {
  const { logger, lines } = capture({ TF_LOG: "trace" });
  logger.info("two\nlines", { count: 5, "@level": "error" });
  expect(lines()).toEqual([
    {
      count: 5,
      "@level": "info",
      "@message": "two\nlines",
      "@module": "my-test.api",
      "@timestamp": expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    },
  ]);
});

test("computes costly fields only if they are written", () => {
  const { logger } = capture({ TF_LOG: "info" });
  let made = 0;
  const fields = () => ({ made: ++made });
  logger.debug("quiet", fields);
  logger.info("loud", fields);
  expect(made).toBe(1);
});

function capture(environment: Record<string, string>): {
  logger: Logger;
  lines: () => Record<string, unknown>[];
} {
  const written: string[] = [];
  return {
    logger: createLogger("my-test.api", { environment, write: (line) => written.push(line) }),
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}
