import { parse } from "@cdktf/hcl2json";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Body, NotUnderstoodError } from "../../../src/stack-check/body";
import { parseHcl } from "../../../src/stack-check/hcl-body";

/** Types of blocks, with the number of labels that each has here. */
const LABELS: Readonly<Record<string, number>> = { bare: 0, named: 1, resource: 2 };

/** What could end a string, a heredoc, a template, a comment or a block, or begin one. */
const PIECES = [
  ...Array.from("ab \t\"'\\${}%~#/*=<>()[],:.?!-1"),
  ...[
    "${",
    "%{",
    "$${",
    "%%{",
    "$$",
    "%%",
    '\\"',
    "\\\\",
    "\\n",
    "\\u0022",
    "~}",
    "//",
    "/*",
    "*/",
    "<<",
    "<<A",
    "<<-A\n",
  ],
  ...[
    "\n",
    "\r\n",
    "A\n",
    "\nA\n",
    "\n  A\n",
    "A",
    'named "x" {\n',
    "\n}\n",
    "bare {\n",
    "x = 1\n",
    "é",
    "\u00a0",
    "A\u00a0\n",
  ],
  ...[
    "${a}",
    '${ "b" }',
    "${ {a = 1} }",
    '${"}"}',
    "%{ if a }",
    "%{ endif }",
    '${"${a}"}',
    "${ <<B\nx\nB\n}",
    "# }\n",
  ],
];

const noise = fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map((pieces) => pieces.join(""));
const calm = fc
  .array(fc.constantFrom("a", " ", "#", "//", "}", "'", "${a}", "$${", "<<A", '${"}"}'), { maxLength: 5 })
  .map((pieces) => pieces.join(""));
const text = fc.oneof({ weight: 2, arbitrary: calm }, noise);

const value = fc.oneof(
  fc.constantFrom(
    "1",
    "a.b",
    "[1,\n2]",
    "{ a = 1 }",
    "{\n  a = 1\n  b : 2\n}",
    "f(\n1)",
    "a ? b : c",
    "[for x in y : x]",
  ),
  text.map((inner) => `"${inner}"`),
  text.map((inner) => `<<A\n${inner}\nA`),
  text.map((inner) => `<<-A\n${inner}\n  A`),
  text.map((inner) => `{ "a" = "${inner}" }`),
  text.map((inner) => `f("${inner}", /* ${inner} */ 1)`),
  noise,
);
const comment = fc.oneof(
  text.map((inner) => `# ${inner}`),
  text.map((inner) => `// ${inner}`),
  text.map((inner) => `/* ${inner} */`),
);

const { body } = fc.letrec<{ body: string }>((tie) => {
  const label = fc.constantFrom('"x"', "x", '"\\u0078"', '"x y"', '"#"', '"{"');
  const block = fc
    .tuple(fc.constantFrom(...Object.keys(LABELS)), label, label, tie("body"))
    .map(([type, first, second, inner]) => {
      const labels = [first, second].slice(0, LABELS[type]);
      return `${[type, ...labels].join(" ")} {\n${inner}}`;
    });
  const item = fc.oneof(
    fc
      .tuple(fc.nat({ max: 99 }), value, fc.option(comment, { nil: "" }))
      .map((parts) => `v${parts[0]} = ${parts[1]} ${parts[2]}`),
    { weight: 2, arbitrary: block },
    comment,
  );
  return {
    body: fc
      .array(fc.tuple(item, fc.constantFrom("\n", "\r\n", "\n\n")), { maxLength: 4, depthIdentifier: "body" })
      .map((items) => items.flat().join("")),
  };
});

/** Compares the names, the blocks and their labels with what HashiCorp's parser found. */
function expectEqual(own: Body, theirs: unknown): void {
  const found = theirs as Readonly<Record<string, unknown>>;
  expect([...new Set(own.names.map(({ name }) => name))].sort()).toEqual(Object.keys(found).sort());
  for (const [type, labels] of Object.entries(LABELS)) {
    const places = new Map<string, Body[]>();
    for (const block of own.blocks(type, labels)) {
      const place = JSON.stringify(block.labels);
      places.set(place, [...(places.get(place) ?? []), block.body]);
    }
    const others = placesOf(found[type], labels);
    expect([...places.keys()].sort()).toEqual([...others.keys()].sort());
    for (const [place, bodies] of places) {
      const theirBodies = others.get(place) ?? [];
      expect(bodies.length).toBe(theirBodies.length);
      bodies.forEach((each, index) => expectEqual(each, theirBodies[index]));
    }
  }
}

function placesOf(node: unknown, labels: number, path: readonly string[] = []): Map<string, unknown[]> {
  if (node === undefined) return new Map();
  if (path.length === labels) return new Map([[JSON.stringify(path), node as unknown[]]]);
  return new Map(
    Object.entries(node as object).flatMap(([name, inner]) => [...placesOf(inner, labels, [...path, name])]),
  );
}

test("reads random files as HashiCorp's parser does, or refuses them", async () => {
  const counts = { both: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(body, async (file) => {
      let theirs: unknown;
      try {
        theirs = await parse("main.tf", file);
      } catch {
        return;
      }
      let own: Body;
      try {
        own = parseHcl(file);
      } catch (error) {
        if (!(error instanceof NotUnderstoodError)) throw error;
        counts.refused += 1;
        return;
      }
      counts.both += 1;
      expectEqual(own, theirs);
    }),
    { numRuns: 3_000 },
  );
  // Otherwise the test would prove little, and the check would refuse ordinary files.
  expect(counts.both).toBeGreaterThan(500);
  expect(counts.refused).toBeLessThan(counts.both / 20);
});
