import { ratio } from "../measure/rounds";
import type { Comparison, Side } from "../benchmark";

/** The evaluated side, and the plots' families. CPU time is left out, because it shows the same. */
const OWN = "genauth_user_set";
const FAMILIES = ["plan", "apply"] as const;

/** The most time that ten times as many users may take: 10 % above linear. */
const MOST_FOR_TENFOLD = 11;

/** Checks that the time grows linearly, from each measured size to ten times as many users. */
export function linearity(comparisons: readonly Comparison[]): readonly Comparison[] {
  return FAMILIES.flatMap((family) => {
    const sides = comparisons
      .filter(({ plot }) => plot?.family === family)
      .toSorted((one, other) => (one.plot?.users ?? 0) - (other.plot?.users ?? 0))
      .flatMap(({ plot, sides: all }): Side[] =>
        all.filter(({ name }) => name === OWN).map((side) => ({ ...side, name: nameOf(plot?.users ?? 0) })),
      );
    const [, ...larger] = sides;
    if (larger.length === 0) return [];
    return [
      {
        title: `growth of the ${family} with the number of users`,
        unit: "s",
        sides,
        targets: larger.map(({ name }, index) => {
          const before = sides[index]?.name ?? "";
          return {
            what: `${name} / ${before}`,
            seen: ratio(sides, name, before),
            wanted: { atMost: MOST_FOR_TENFOLD },
          };
        }),
      },
    ];
  });
}

function nameOf(users: number): string {
  return `${users.toLocaleString("en")} users`;
}
