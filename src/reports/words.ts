/** A number with the word it counts: `count(1, "user")` is `1 user`, `count(10000, "user")` is `10,000 users`. */
export function count(number: number, word: string): string {
  return `${grouped(number)} ${number === 1 ? word : `${word}s`}`;
}

/** A number as people read it: `10,000`. */
export function grouped(number: number): string {
  return number.toLocaleString("en-US");
}
