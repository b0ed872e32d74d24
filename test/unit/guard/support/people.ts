import { type PoolUser, seedUsers } from "../../../support/emulator";

/** Somebody in the pool of the guard's tests. */
export interface Person {
  /** The system user id. */
  readonly id: string;
  readonly email: string;
  readonly username: string;
}

/** Six users of the emulator. The tests name five of them. */
export const pool: readonly PoolUser[] = seedUsers(6);
export const everybody: readonly Person[] = pool.map(({ userId, email = "", username = "" }) => ({
  id: userId,
  email,
  username,
}));
export const ada = personAt(0);
export const bob = personAt(1);
export const carl = personAt(2);
export const dora = personAt(3);
export const erin = personAt(4);

function personAt(index: number): Person {
  const person = everybody[index];
  if (!person) throw new Error(`The pool has ${everybody.length} people.`);
  return person;
}

/** The system user ids of everybody in the pool. */
export const idsOfEverybody: readonly string[] = everybody.map(({ id }) => id);

/** The system user ids of the pool without some people. */
export const everybodyBut = (...gone: readonly [Person, ...Person[]]): string[] =>
  everybody.filter((person) => !gone.includes(person)).map(({ id }) => id);

/** The pool with other values for some people. */
export const poolWith = (
  ...changes: readonly (readonly [person: Person, values: Partial<PoolUser>])[]
): PoolUser[] => pool.map((user) => ({ ...user, ...changes.find(([{ id }]) => id === user.userId)?.[1] }));
