import * as echarts from "echarts";
import type { Comparison } from "../benchmark";

/** A plot of one measure over the number of users, with one line per side. */
export interface Plot {
  /** Such as `plan.svg`. */
  readonly file: string;
  readonly svg: string;
}

const WIDTH = 720;
const HEIGHT = 420;

/** Draws one plot for each family of comparisons. Both axes are logarithmic. */
export function plotsOf(comparisons: readonly Comparison[]): readonly Plot[] {
  const families = new Map<string, Comparison[]>();
  for (const comparison of comparisons) {
    if (!comparison.plot) continue;
    const { family } = comparison.plot;
    families.set(family, [...(families.get(family) ?? []), comparison]);
  }
  return [...families].map(([family, members]) => ({
    file: `${family.replaceAll(/[^a-z]+/gi, "-").toLowerCase()}.svg`,
    svg: draw(family, members),
  }));
}

function draw(family: string, members: readonly Comparison[]): string {
  const names = [...new Set(members.flatMap(({ sides }) => sides.map(({ name }) => name)))];
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption({
    animation: false,
    backgroundColor: "#fff",
    title: { text: `${family}, seconds (median; a tenth of the users removed)`, textStyle: { fontSize: 14 } },
    legend: { bottom: 0 },
    grid: { top: 50, bottom: 80, left: 60, right: 30 },
    xAxis: { type: "log", name: "users", nameLocation: "middle", nameGap: 28, min: 1000 },
    yAxis: { type: "log", name: "s" },
    series: names.map((name) => ({ type: "line", name, data: pointsOf(name, members), symbolSize: 7 })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

function pointsOf(name: string, members: readonly Comparison[]): readonly (readonly [number, number])[] {
  return members.flatMap(({ plot, sides }) => {
    const side = sides.find((candidate) => candidate.name === name);
    return plot && side ? [[plot.users, side.summary.median] as const] : [];
  });
}
