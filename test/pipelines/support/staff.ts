/** A change of a user file that removes the seeded users with these numbers. */
export function without(...numbers: readonly number[]): (users: string) => string {
  return (users) =>
    users
      .split("\n")
      .filter((line) => !numbers.some((number) => line.startsWith(`user${String(number).padStart(3, "0")}@`)))
      .join("\n");
}
