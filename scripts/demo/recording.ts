/**
 * A recording of the demo for README: an SVG whose lines appear one after another, as on a terminal. It is animated by CSS, so
 * it also plays as an image, where no script runs. Without animation, it shows the end.
 */

/** The rows of the terminal, and the size of a character in pixels. */
const ROWS = 24;
const CHARACTER = { width: 7.8, height: 18 };
const PADDING = 14;

/** How long a line stays the last one, in seconds, by what it is; and the end, before the recording begins again. */
const PACE = { command: 1.2, heading: 0.8, output: 0.35 };
const END = 6;

const COLOURS = {
  ground: "#0d1117",
  text: "#e6edf3",
  dim: "#8b949e",
  command: "#79c0ff",
  good: "#7ee787",
  bad: "#ff7b72",
};

/**
 * The part of the demo's output that is recorded: the removal that succeeds, as any engine prints it. Without what differs from
 * run to run.
 */
export function recordedLines(output: string): readonly string[] {
  const lines = output.split("\n");
  const first = lines.findIndex((line) => line.startsWith("Part one"));
  const end = lines.findIndex((line) => line.startsWith("Part two"));
  if (first === -1 || end < first) throw new Error("The output is not that of a whole demo.");
  return lines
    .slice(first, end)
    .filter((line) => !/^=+$/.test(line))
    .map((line) => line.replace(/STAFF_FILE=\S+/, "STAFF_FILE=staff.csv").replace(/\$ tofu /, "$ terraform "))
    .join("\n")
    .trim()
    .split("\n");
}

/** Draws lines as a recording. The same lines give the same SVG. */
export function recordingOf(lines: readonly string[]): string {
  const columns = Math.max(...lines.map((line) => line.length));
  const width = Math.ceil(columns * CHARACTER.width + 2 * PADDING);
  const height = ROWS * CHARACTER.height + 2 * PADDING;
  const steps = stepsOf(lines);
  const duration = steps.at(-1)?.end ?? 0;
  const keyframes = (name: string, position: (shown: number) => number) =>
    `@keyframes ${name}{${steps
      .map(({ start, shown }) => `${percent(start / duration)}{transform:translateY(${position(shown)}px)}`)
      .join("")}to{transform:translateY(${position(lines.length)}px)}}`;
  const scrolled = (shown: number) => -Math.max(0, shown - ROWS) * CHARACTER.height;
  const covered = (shown: number) => shown * CHARACTER.height;
  const texts = lines.map((line, index) =>
    line === ""
      ? ""
      : `<text y="${(index + 0.72) * CHARACTER.height}"${classOf(line)}>${escape(line)}</text>\n`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">The demo on a terminal: 53 people are removed from a file, planned, deleted and confirmed gone</title>
<style>
text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${COLOURS.text};white-space:pre}
.command{fill:${COLOURS.command}}.heading{font-weight:bold}.good{fill:${COLOURS.good}}.bad{fill:${COLOURS.bad}}.dim{fill:${COLOURS.dim}}
.scroll{transform:translateY(${scrolled(lines.length)}px)}.cover{transform:translateY(${covered(lines.length)}px)}
${keyframes("scroll", scrolled)}
${keyframes("cover", covered)}
@media (prefers-reduced-motion:no-preference){.scroll{animation:scroll ${duration}s step-end infinite}.cover{animation:cover ${duration}s step-end infinite}}
</style>
<rect width="${width}" height="${height}" rx="8" fill="${COLOURS.ground}"/>
<svg x="${PADDING}" y="${PADDING}" width="${width - 2 * PADDING}" height="${height - 2 * PADDING}"><g class="scroll">
${texts.join("")}<rect class="cover" width="${width}" height="${lines.length * CHARACTER.height}" fill="${COLOURS.ground}"/>
</g></svg>
</svg>
`;
}

interface Step {
  /** How many lines are shown from `start` to `end`, in seconds. */
  readonly shown: number;
  readonly start: number;
  readonly end: number;
}

function stepsOf(lines: readonly string[]): readonly Step[] {
  let time = 0;
  return lines.map((line, index) => {
    const start = time;
    time = round(time + (index === lines.length - 1 ? END : PACE[kindOf(line)]));
    return { shown: index + 1, start, end: time };
  });
}

function kindOf(line: string): keyof typeof PACE {
  if (/^\s*\$ /.test(line)) return "command";
  return /^(\d+\. |Part )/.test(line) ? "heading" : "output";
}

function classOf(line: string): string {
  const kind = kindOf(line);
  if (kind !== "output") return ` class="${kind}"`;
  if (/^\s*✓/.test(line)) return ' class="good"';
  if (/^\s*│\s+- |^\s*│ (Warning|Error):/.test(line)) return ' class="bad"';
  return /^\s*│\s+…/.test(line) ? ' class="dim"' : "";
}

function percent(share: number): string {
  return `${round(share * 100)}%`;
}

function round(number: number): number {
  return Math.round(number * 1000) / 1000;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
