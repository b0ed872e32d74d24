import { type PoolIdType, type PoolUser, rowOf } from "../pool-user";
import type { Matching, Variants } from "../variants";
import { type CallContext, isVisible } from "./endpoint";

/** Whom an id names for a look-up of this deployment. */
export function usersLookedUp(id: string, type: PoolIdType, context: CallContext): PoolUser[] {
  const { emailCase, lookUpMatching, suspended } = context.variants;
  return usersNamed(id, type, context, {
    among: "shown",
    matching: lookUpMatching,
    emailCase,
  }).filter((user) => suspended !== "hidden" || user.status !== "Suspended");
}

/** Whom an id names for a deletion of this deployment. */
export function usersToDelete(id: string, type: PoolIdType, context: CallContext): PoolUser[] {
  const { emailCaseInDeletions, deletionMatching } = context.variants;
  return usersNamed(id, type, context, {
    among: "there",
    matching: deletionMatching,
    emailCase: emailCaseInDeletions,
  });
}

/** Who has a system user id. */
export function usersById(userId: string, context: CallContext): PoolUser[] {
  return usersNamed(userId, "user_id", context, { among: "there", matching: "whole", emailCase: "ignored" });
}

interface Naming {
  /** The users as they are, or as look-ups show them. */
  readonly among: "there" | "shown";
  readonly matching: Matching;
  readonly emailCase: Variants["emailCase"];
}

function usersNamed(
  id: string,
  type: PoolIdType,
  context: CallContext,
  { among, matching, emailCase }: Naming,
): PoolUser[] {
  const { pool, variants } = context;
  const isCaseIgnored = (type === "email" ? emailCase : variants.otherCase) === "ignored";
  const isIndexed = matching === "whole" && (type === "email" || !isCaseIgnored);
  const find = () => (among === "there" ? pool.findAll(id, type) : pool.lookUp(id, type));
  const spelt = (text: string) => (isCaseIgnored ? text.toLowerCase() : text);
  const scan = () =>
    (among === "there" ? pool.list() : pool.shown()).filter((user) =>
      idsAsWritten(user, type).some((own) => MATCHES[matching](spelt(own), spelt(id))),
    );
  const users = isIndexed ? find() : scan();
  return users.filter(
    (user) =>
      isVisible(user, context) &&
      (type !== "email" || isCaseIgnored || matching !== "whole" || user.email === id),
  );
}

/** The table of ids has e-mails in lower case. */
function idsAsWritten(user: PoolUser, type: PoolIdType): readonly string[] {
  return type === "email" ? [user.email ?? ""].filter((email) => email !== "") : rowOf(type).idsOf(user);
}

const MATCHES: Readonly<Record<Matching, (own: string, id: string) => boolean>> = {
  whole: (own, id) => own === id,
  part: (own, id) => own.includes(id),
  word: (own, id) => wordsOf(own).some((word) => wordsOf(id).includes(word)),
};

/** As a search engine divides a text. */
function wordsOf(text: string): string[] {
  return text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
}
