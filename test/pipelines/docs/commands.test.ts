import { beforeAll, describe, expect, test } from "@jest/globals";
import { engines } from "../../support/engine/engines";
import { type ConsoleBlock, consoleBlocks, DOCUMENTS, readDocument } from "../../support/docs/documents";
import { NOT_RUN, PAGES, RUN_ELSEWHERE } from "./pages";
import { InstalledPackage, Reader } from "./reader";
import packageJson from "../../../package.json";

/** Reports end with 2 if they have findings. */
const REPORT = /cdktf-genauth (drift|doctor)/;

function reasonNotToRun({ document, commands: [first] }: ConsoleBlock): string | undefined {
  const start = Object.keys(NOT_RUN[document] ?? {}).find((begin) => first?.text.startsWith(begin));
  return start === undefined ? undefined : NOT_RUN[document]?.[start];
}

/** A translation has the blocks of its original: test/unit/docs/translation.test.ts. */
const blocks = DOCUMENTS.filter((document) => !document.endsWith(".zh-CN.md")).flatMap(consoleBlocks);

test("every block of commands is run, or has a reason why not", () => {
  const pages = [...PAGES.map(({ document }) => document), ...Object.keys(RUN_ELSEWHERE)];
  const forgotten = blocks.filter((block) => !pages.includes(block.document) && !reasonNotToRun(block));
  expect(forgotten).toEqual([]);
  const unused = Object.entries(NOT_RUN).flatMap(([document, reasons]) =>
    Object.keys(reasons).filter((begin) =>
      blocks.every((block) => block.document !== document || !block.commands[0]?.text.startsWith(begin)),
    ),
  );
  expect(unused).toEqual([]);
});

test.each(Object.entries(RUN_ELSEWHERE))("the commands of %s are read by %s", (document, file) => {
  expect(readDocument(file)).toContain(`"${document}"`);
});

test("each script of the repository that a block runs is one of package.json", () => {
  const commands = blocks.flatMap((block) => block.commands.map(({ text }) => text));
  const named = commands.flatMap((text) =>
    [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name),
  );
  expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(named));
  expect(new Set(named).size).toBeGreaterThan(10);
});

const isError = (line: string): boolean => /^error: /i.test(line);

/** Normalises white space, so that width and indentation do not matter. */
const inWords = (text: string): string => text.replaceAll(/[\s│╷╵]+/g, " ");

let installed: InstalledPackage;
beforeAll(() => {
  installed = new InstalledPackage();
});

test.each(PAGES.filter(({ onEachEngine }) => onEachEngine !== undefined))(
  "what an engine does with the commands of $document is shown on each one by other tests",
  ({ onEachEngine = [] }) => {
    for (const file of onEachEngine)
      expect(readDocument(file)).toMatch(/(describe|test)\.each\(engines\(\)\)/);
  },
);

describe.each(engines())("the commands, as written, on $name", (engine) => {
  let reader: Reader | undefined;
  const isFirst = engine.name === engines()[0].name;

  test.each(PAGES.filter(({ onEachEngine }) => isFirst || onEachEngine === undefined))(
    "$document",
    async ({ document, users = [], folder, blocksAreApart, prepare, offers }) => {
      const run = blocks.filter((block) => block.document === document && !reasonNotToRun(block));
      expect(run.length).toBeGreaterThan(0);
      reader = await Reader.open(engine, installed, users);
      await prepare?.(reader);

      const shells = blocksAreApart === true ? run.map((block) => [block]) : [run];
      const printed: string[] = [];
      for (const shell of shells) {
        // The reader already has credentials: those of the emulator.
        const commands = shell
          .flatMap((block) => block.commands)
          .filter(({ text }) => !/^export .*=…/.test(text));
        const ran = await reader.paste(
          commands.map(({ text }) => text),
          folder,
        );
        for (const [index, { command, code, output }] of ran.entries()) {
          const expected = commands[index]?.output ?? [];
          const codes = REPORT.test(command) ? [0, 2] : [expected.some(isError) ? 1 : 0];
          if (!codes.includes(code)) throw new Error(`$ ${command}\n${output}\nexit code ${code}`);
          for (const line of expected) expect(inWords(output)).toContain(inWords(line).trim());
          printed.push(output);
        }
      }
      if (document === "README.md") expectShown(printed.join("\n"));
      if (offers) expect(await reader.offeredToGit()).toEqual(offers);
    },
    300_000,
  );
});

/** README shows an abridged plan, but each of its lines is in the real plan. */
function expectShown(output: string): void {
  const plan = /^```\n( {2}# genauth_user_set.*?)^```$/ms.exec(readDocument("README.md"))?.[1] ?? "";
  expect(plan).toContain("permanently deleted");
  for (const line of plan.split("\n")) expect(inWords(output)).toContain(inWords(line).trim());
}
