import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { schema } from "gitlab-ci-local/src/schema/schema.js";
import { parse } from "yaml";
import { DEFAULT_HOST } from "../../src/operator";
import { GITLAB_PIPELINE, GITLAB_TEXT } from "./support/gitlab-pipeline";
import { operatorVariables } from "./support/operator-variables";
import { PIPELINES } from "./support/workflow";

const { stages, variables, default: common, ".read-key": readKey, ...jobs } = GITLAB_PIPELINE;

test("it is valid by GitLab's schema", () => {
  const ajv = new Ajv({ strict: false });
  addFormats(ajv);
  const validate = ajv.compile(schema);
  expect({ valid: validate(GITLAB_PIPELINE), errors: validate.errors }).toEqual({
    valid: true,
    errors: null,
  });
  expect(validate(parse(GITLAB_TEXT.replace("resource_group: genauth-state", "resource_group: [1]")))).toBe(
    false,
  );
  expect([stages, common, readKey]).not.toContain(undefined);
});

test("jobs that use the state run alone, and only the apply, which a person starts, has the deleting key", () => {
  for (const [name, { resource_group, environment, script = [], rules = [] }] of Object.entries(jobs)) {
    const shell = script.flat().join("\n");
    const touchesState = /\/(plan|apply|drift|init)\.sh/.test(shell);
    expect({ name, resource_group }).toEqual({
      name,
      resource_group: touchesState ? "genauth-state" : undefined,
    });
    expect({ name, environment: environment?.name }).toEqual({
      name,
      environment: name === "apply" ? "genauth" : undefined,
    });
    expect({ name, starts: rules.map(({ when }) => when) }).toEqual({
      name,
      starts: [name === "apply" ? "manual" : undefined],
    });
  }
});

test("the operator's limits come from the project, and by default only the public cloud is allowed", () => {
  expect(variables).toEqual({ GENAUTH_ALLOWED_HOSTS: DEFAULT_HOST });
  const [comment = ""] = GITLAB_TEXT.split("\nstages:");
  for (const name of operatorVariables()) {
    expect(comment).toContain(name);
    for (const { variables: own = {} } of Object.values(jobs)) expect(Object.keys(own)).not.toContain(name);
  }
});

test("a merge request of a fork runs only the difference of the user file", () => {
  const own = "$CI_MERGE_REQUEST_SOURCE_PROJECT_PATH == $CI_PROJECT_PATH";
  const started = Object.entries(jobs).flatMap(([name, { rules = [] }]) => {
    const [rule] = rules;
    return rule?.if.includes("merge_request_event") ? [{ name, ofOwnBranches: rule.if.includes(own) }] : [];
  });
  expect(started.length).toBeGreaterThan(1);
  expect(started.filter(({ ofOwnBranches }) => !ofOwnBranches).map(({ name }) => name)).toEqual([
    "user-file",
  ]);
});

test("every script that it calls exists", () => {
  const scripts = readdirSync(join(PIPELINES, "ci", "genauth"));
  const called = [...GITLAB_TEXT.matchAll(/ci\/genauth\/([\w-]+\.sh)/g)].map(([, script]) => script);
  expect(called.length).toBeGreaterThan(5);
  for (const script of called) expect(scripts).toContain(script);
});
