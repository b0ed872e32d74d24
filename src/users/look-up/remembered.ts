import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { DirectoryUser } from "../directory";
import type { Found, Resolution } from "./resolution";

/**
 * What one call said, in the form in which 100,000 answers are kept: as objects, the records of so many users take 76 MB,
 * and V8 lets the heap grow to several times what is in use; the users of a call packed together take less than 10 MB,
 * outside of the heap.
 */
export function remember(resolutions: ReadonlyMap<string, Resolution>): Map<string, Resolution> {
  const users = [...resolutions.values()].flatMap((resolution) =>
    resolution.kind === "found" ? [resolution.user] : [],
  );
  const records = new PackedRecords(users);
  let place = 0;
  return new Map(
    [...resolutions].map(([id, resolution]): [string, Resolution] => [
      id,
      resolution.kind === "found" ? new RememberedUser(resolution.userId, records, place++) : resolution,
    ]),
  );
}

class RememberedUser implements Found {
  readonly kind = "found";

  constructor(
    readonly userId: string,
    private readonly records: PackedRecords,
    private readonly place: number,
  ) {}

  get user(): DirectoryUser {
    return this.records.unpacked()[this.place] as DirectoryUser;
  }
}

/** The records of one call. */
class PackedRecords {
  /** Those that were looked at last, unpacked: who looks at a whole set does so in the order in which it was asked for. */
  private static last?: { readonly of: PackedRecords; readonly users: readonly DirectoryUser[] };
  private readonly packed: Buffer;

  constructor(users: readonly DirectoryUser[]) {
    // Small tables and the fastest level: there is little text, and much of it repeats. A copy, for zlib's own buffer is as
    // large for one user as for fifty.
    this.packed = Buffer.from(
      deflateRawSync(JSON.stringify(users), { level: 1, windowBits: 13, memLevel: 5 }),
    );
  }

  unpacked(): readonly DirectoryUser[] {
    if (PackedRecords.last?.of !== this) {
      const users = JSON.parse(inflateRawSync(this.packed).toString()) as DirectoryUser[];
      PackedRecords.last = { of: this, users };
    }
    return PackedRecords.last.users;
  }
}
