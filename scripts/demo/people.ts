import { type PoolUser, seedUsers } from "../../src/emulator";

/** Twelve first names by ten family names make 120 people. */
const FIRST_NAMES = [
  "Ada",
  "Bo",
  "Chidi",
  "Dilan",
  "Elif",
  "Farah",
  "Goran",
  "Hana",
  "Ines",
  "Jun",
  "Kofi",
  "Lena",
];
const FAMILY_NAMES = ["Aydin", "Brandt", "Chen", "Diaz", "Eze", "Fofana", "Green", "Haas", "Ito", "Jansen"];

/** The 120 people of the demo: GenAuth users with distinct names. */
export function people(): readonly PoolUser[] {
  const names = FIRST_NAMES.flatMap((first) => FAMILY_NAMES.map((family) => [first, family] as const));
  return seedUsers(names.length).map((user, index) => {
    const [first = "", family = ""] = names[index] ?? [];
    return { ...user, name: `${first} ${family}`, email: `${first}.${family}@example.com`.toLowerCase() };
  });
}
