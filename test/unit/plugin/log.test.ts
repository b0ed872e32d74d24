import { expect, test } from "@jest/globals";
import { createLogger, type Logger } from "../../../src/plugin";

test.each<{
  readonly what: string;
  readonly environment: Record<string, string>;
  readonly levels: readonly string[];
}>([
  { what: "nothing without a level", environment: {}, levels: [] },
  { what: "nothing when it is off", environment: { TF_LOG: "off" }, levels: [] },
  { what: "errors only", environment: { TF_LOG: "ERROR" }, levels: ["error"] },
  { what: "from a level upwards", environment: { TF_LOG: "info" }, levels: ["info", "warn", "error"] },
  {
    what: "everything for Terraform's JSON log",
    environment: { TF_LOG: "JSON" },
    levels: ["trace", "debug", "info", "warn", "error"],
  },
  {
    what: "by the providers' own level first",
    environment: { TF_LOG: "trace", TF_LOG_PROVIDER: "warn" },
    levels: ["warn", "error"],
  },
  { what: "not by Terraform's own level", environment: { TF_LOG_CORE: "trace" }, levels: [] },
  {
    what: "by this provider's level before all",
    environment: { TF_LOG_PROVIDER: "off", TF_LOG_PROVIDER_MY_TEST: "error" },
    levels: ["error"],
  },
])("writes $what", ({ environment, levels }) => {
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
