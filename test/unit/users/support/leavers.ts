import { UserIdType } from "../../../../src/users";
import { type Leaver, noCall, reasonOf } from "../../../../src/users/fate";
import { people, person } from "../../../support/users/people";

/** Person `number`, whom a change deletes at once. */
export const deletion = (number: number, label = `Person ${number}`): Leaver => ({
  id: `person${number}@example.com`,
  label,
  fate: { kind: "delete", userId: person(number).userId, name: `Person ${number}` },
});

/** A leaver for each reason for which nobody is deleted and the run goes on. */
export const notDeleted: readonly Leaver[] = [
  { id: "gone@x", label: "Gone", fate: noCall({ kind: "gone" }) },
  { id: "kept@x", label: "Kept", fate: noCall({ kind: "retained" }) },
  { id: "safe@x", label: "", fate: noCall({ kind: "protected", type: UserIdType.PHONE, id: "+1" }) },
  { id: "case@x", label: "", fate: noCall({ kind: "declared_as", id: "CASE@x" }) },
  { id: "re@x", label: "", fate: noCall({ kind: "rebound", boundTo: "u1", user: person(2) }) },
  { id: "two@x", label: "", fate: noCall({ kind: "several", users: people(3, 4) }) },
  { id: "old@x", label: "O", fate: noCall({ kind: "renamed", to: "new@x" }) },
  { id: "never@x", label: "", fate: noCall({ kind: "never_found" }) },
  { id: "away@x", label: "", fate: noCall({ kind: "moved", user: person(5) }) },
];

/** The leaver of `notDeleted` with this id. */
export function notDeletedUser(id: string): Leaver {
  const leaver = notDeleted.find((one) => one.id === id);
  if (!leaver) throw new Error(`No leaver has the id ${id}.`);
  return leaver;
}

/** What becomes of a leaver: the call, or why there is none. */
export function kindOf(leaver: Leaver): string {
  return (reasonOf(leaver) ?? leaver.fate).kind;
}
