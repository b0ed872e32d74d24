import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { version } from "../../../package.json";
import { type Edition, EDITIONS, pythonModule } from "../../../scripts/jsii/editions";
import { writeProject } from "../../../src/project";
import { consoleBlocks, fencedBlock, readDocument } from "../../support/docs/documents";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { describeWithPython, openWithWheel, RELEASE, succeed } from "./python-reader";

const GUIDE = "docs/guides/python.md";

const PEOPLE = seedUsers(2);
const STAFF = `id,label\n${PEOPLE.map(({ email, name }) => `${email},${name}\n`).join("")}`;

const EDITIONS_ON_ENGINES = EDITIONS.flatMap((edition) =>
  engines().map((engine) => ({ edition, engine, cdk: edition.cdk })),
);

describeWithPython.each(EDITIONS_ON_ENGINES)("$cdk in Python on $engine.name", ({ edition, engine }) => {
  test("the commands of the guide lead from an empty folder to a deleted user", async () => {
    const reader = await openWithWheel(edition, engine);
    const ran = await succeed(
      reader,
      // The guide says to replace this name for CDK Terrain.
      ...commandsOf(GUIDE).map((command) => command.replace("cdktf_genauth", pythonModule(edition))),
      "cdktf-genauth export --user-id-type email --output left.csv",
    );
    const outputOf = (start: string) =>
      ran.findLast(({ command }) => command.startsWith(start))?.output ?? "";

    expect(outputOf("python3 -m unittest")).toMatch(/^OK$/m);
    expect(outputOf("terraform init")).toContain(`${engine.name} has been successfully initialized!`);
    expect(outputOf("terraform plan")).toContain(
      "Warning: 1 user will be permanently deleted from GenAuth in 1 call: user004@example.com",
    );
    expect(outputOf("terraform apply tfplan")).toContain("Apply complete! Resources: 0 added, 1 changed");
    expect(outputOf("terraform show")).toContain("No drift: the user pool is as declared");

    const everybody = readFileSync(join(reader.project, "staff.csv.bak"), "utf8");
    const left = readFileSync(join(reader.project, "left.csv"), "utf8");
    expect(left).toBe(everybody.replace("user004@example.com,User 004\n", ""));
    expect(left).not.toBe(everybody);
  });
});

describeWithPython.each(EDITIONS)("a project in Python that init writes for $cdk", (edition) => {
  test("has the stack that the guide shows", () => {
    const folder = newFolder();
    write(folder, edition);
    expect(readFileSync(join(folder, "stack.py"), "utf8")).toBe(
      fencedBlock(GUIDE, "python").replaceAll("cdktf", edition.cdk),
    );
  });

  test("has a README that leads from a clone to a set", async () => {
    const reader = await openWithWheel(edition, engines()[0], PEOPLE);
    write(reader.project, edition);
    const readme = "examples/python/README.md";
    expect(readFileSync(join(reader.project, "README.md"), "utf8")).toBe(
      readDocument(readme).replace("cdktf_genauth", pythonModule(edition)),
    );
    const commands = commandsOf(readme)
      .map((command) => command.replace("RELEASE", RELEASE))
      // The reader has the key.
      .filter((command) => !command.startsWith("export GENAUTH_ACCESS_KEY_ID=…"));
    const ran = await succeed(reader, ...commands);
    expect(ran.at(-1)?.output).toContain("Apply complete! Resources: 1 added");
  });
});

function write(folder: string, { cdk }: Edition): void {
  writeProject(folder, { language: "python", cdk, version, backend: "local", userIdType: "email" }, STAFF);
}

function commandsOf(document: string): string[] {
  return consoleBlocks(document).flatMap(({ commands }) => commands.map(({ text }) => text));
}
