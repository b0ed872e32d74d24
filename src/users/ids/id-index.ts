import type { DirectoryUser } from "../directory";
import { UserIdType } from "../user-id-type";
import { canonicalId } from "./canonical-id";
import { canonicalNames } from "./matching";
import { countryCode, compactPhone, digits, nationalForms } from "./phone";

/**
 * How surely an id of the index names a user: by a spelling, or by a phone that may be the same one with a
 * country code.
 */
export interface IndexMatch {
  readonly id: string;
  readonly certain: boolean;
}

/**
 * Ids of one type, asked "is this user among you?" in constant time; built in time linear in their number.
 */
export class IdIndex {
  private readonly byName = new Map<string, string>();
  private readonly byDigits = new Map<string, string>();
  private readonly byNationalForm = new Map<string, string>();

  constructor(
    ids: Iterable<string>,
    private readonly type: UserIdType,
  ) {
    for (const id of ids) {
      const canonical = canonicalId(id, type);
      this.byName.set(canonical, id);
      if (type !== UserIdType.PHONE) continue;
      this.byDigits.set(digits(canonical), id);
      for (const form of nationalForms(canonical)) this.byNationalForm.set(form, id);
    }
  }

  /** The id of the index that is the given one, in whatever spelling. */
  matchId(id: string): string | undefined {
    return this.byName.get(canonicalId(id, this.type));
  }

  /** An id of the index that names the user, or may do so. */
  match(user: DirectoryUser): IndexMatch | undefined {
    for (const name of canonicalNames(user, this.type)) {
      const id = this.byName.get(name);
      if (id !== undefined) return { id, certain: true };
    }
    const id = this.type === UserIdType.PHONE ? this.possiblePhone(user) : undefined;
    return id === undefined ? undefined : { id, certain: false };
  }

  /** The same question as `mayBePhoneOf`, to all ids at once. */
  private possiblePhone(user: DirectoryUser): string | undefined {
    const phone = compactPhone(user.phone ?? "");
    if (phone === "" || countryCode(user) !== "") return undefined;
    const form = nationalForms(phone).find((candidate) => this.byDigits.has(candidate));
    return form === undefined ? this.byNationalForm.get(digits(phone)) : this.byDigits.get(form);
  }
}
