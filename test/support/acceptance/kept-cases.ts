import { seedUsers } from "../emulator";
import type { RemovalCase } from "./removal-case";

const pool = seedUsers(8);
const [adaUser] = pool;
const emails = pool.map(({ email }) => email ?? "");
const [ada = "", bob = ""] = emails;
const [adaId = "", bobId = ""] = pool.map(({ userId }) => userId);
const phone = `+86${adaUser?.phone ?? ""}`;
const identity = `62f20932716fbcc10d966ee5:oidc_user001`;
const setup = { emulator: { users: pool } };
const email = { user_id_type: "email" };

/** The first of two e-mails is removed. Its user stays in the pool, with a reason at plan and at apply. */
const kept = {
  setup,
  before: { ...email, users: { [ada]: "Ada", [bob]: "Bob" } },
  after: { ...email, users: { [bob]: "Bob" } },
  state: { users: [bob], drift: { missing: [], survivors: [] } },
  gone: [],
  nullResource: "long",
} satisfies Partial<RemovalCase>;

/** One case for each path through an engine: an update, the private data, the provider's block, a refused plan. */
export const KEPT_ON_ENGINES: readonly RemovalCase[] = [
  {
    ...kept,
    title: "a changed e-mail case",
    after: { ...email, users: { [ada.toUpperCase()]: "Ada", [bob]: "Bob" } },
    plan: { code: 2, says: ["still declared"], neverSays: ["will be permanently deleted"] },
    apply: { code: 0, says: ["still declared"] },
    state: { users: [ada.toUpperCase(), bob] },
    nullResource: "always",
  },
  {
    ...kept,
    title: "an id that now names another user",
    meanwhile: ({ emulator }) => {
      emulator.pool.update(adaId, { email: "former@example.com" });
      emulator.pool.add({ userId: "ffffffffffffffffffffffff", email: ada, name: "Ada Two" });
    },
    plan: { code: 2, says: ["somebody else"], neverSays: ["will be permanently deleted"] },
    apply: { code: 0, says: ["somebody else"] },
    nullResource: {
      not: "there are no bindings: the current user of the id is deleted, as documented for `resourceType`",
    },
  },
  {
    title: "users that the provider protects, each by another type of id",
    setup,
    before: { ...email, users: emails },
    after: { ...email, users: emails.slice(5) },
    provider: {
      protected_users: {
        email: [ada],
        user_id: [bobId],
        phone: ["+8613800000003"],
        external_id: ["HR-user004"],
        identity: ["62f20932716fbcc10d966ee5:oidc_user005"],
      },
    },
    plan: {
      code: 2,
      says: [
        "5 users leave the set and keep their accounts",
        "protected",
        `${ada} (by email ${ada}) ${bob} (by user_id ${bobId}) ` +
          "user003@example.com (by phone +8613800000003) user004@example.com (by external_id HR-user004) " +
          "user005@example.com (by identity 62f20932716fbcc10d966ee5:oidc_user005)",
      ],
      neverSays: ["will be permanently deleted"],
    },
    apply: { code: 0, says: ["protected"] },
    state: { users: emails.slice(5), drift: { missing: [], survivors: [] } },
    gone: [],
    nullResource: "always",
  },
  {
    title: "everybody, if the pool is wrong",
    setup,
    before: { ...email, users: emails },
    meanwhile: ({ emulator }) => void emulator.faults.add({ on: "get-user-batch", then: { kind: "omit" } }),
    after: { ...email, users: emails.slice(1) },
    plan: { code: 1, says: ["None of the users is in this pool", "GENAUTH_ACCEPT_EMPTY_POOL"] },
    state: { users: emails },
    gone: [],
    next: { code: 2, says: ["1 user will be permanently deleted"] },
    nullResource: "always",
  },
];

/** The other reasons to keep a user. They take the same paths, so an engine in the process of the tests is enough. */
export const KEPT_IN_PROCESS: readonly RemovalCase[] = [
  {
    title: "another spelling of a phone number",
    setup,
    before: { user_id_type: "phone", users: { [phone]: "Ada" } },
    after: { user_id_type: "phone", users: { [adaUser?.phone ?? ""]: "Ada" } },
    plan: { code: 2, says: ["still declared"], neverSays: ["will be permanently deleted"] },
    apply: { code: 0 },
    state: { users: [adaUser?.phone ?? ""], drift: { missing: [], survivors: [] } },
    gone: [],
    nullResource: "long",
  },
  {
    title: "an alias of another member: one of two identities of the same user",
    setup: {
      emulator: {
        users: pool.map((user) => ({
          ...user,
          identities: [
            ...(user.identities ?? []),
            { extIdpId: "other", provider: "oidc", userIdInIdp: user.userId },
          ],
        })),
      },
    },
    before: { user_id_type: "identity", users: [identity, `other:${adaId}`] },
    after: { user_id_type: "identity", users: [`other:${adaId}`] },
    plan: { code: 2, says: ["still declared"], neverSays: ["will be permanently deleted"] },
    apply: { code: 0 },
    state: { users: [`other:${adaId}`], drift: { missing: [], survivors: [] } },
    gone: [],
    nullResource: "long",
  },
  {
    ...kept,
    title: "a rename that reached the file before the pool",
    after: { ...email, users: { "ada.lovelace@example.com": "Ada", [bob]: "Bob" } },
    plan: {
      code: 2,
      says: ["rename", "ada.lovelace@example.com"],
      neverSays: ["will be permanently deleted"],
    },
    apply: { code: 0, says: ["rename"] },
    state: {
      users: ["ada.lovelace@example.com", bob],
      drift: { missing: ["ada.lovelace@example.com"], survivors: [] },
    },
    nullResource: "long",
  },
  {
    ...kept,
    title: "a rename that reached the pool first",
    meanwhile: ({ emulator }) => void emulator.pool.update(adaId, { email: "ada.lovelace@example.com" }),
    after: { ...email, users: { "ada.lovelace@example.com": "Ada", [bob]: "Bob" } },
    plan: { code: 2, neverSays: ["will be permanently deleted"] },
    apply: { code: 0 },
    state: { users: ["ada.lovelace@example.com", bob], drift: { missing: [], survivors: [] } },
  },
  {
    ...kept,
    title: "an id that names nobody any more, while its user is in the pool under another",
    meanwhile: ({ emulator }) => void emulator.pool.update(adaId, { email: "ada.lovelace@example.com" }),
    plan: {
      code: 2,
      says: ["still exists under another id", adaId],
      neverSays: ["will be permanently deleted", "Already gone"],
    },
    apply: { code: 0, says: [ada] },
    nullResource: {
      run: "long",
      because: "nothing remembers whom the id named, so it counts as gone; nobody is deleted either way",
      log: { code: 0, says: ["Already gone", ada], neverSays: ["will be permanently deleted"] },
    },
  },
  {
    ...kept,
    title: "an id that names several users",
    meanwhile: ({ emulator }) => emulator.pool.add({ userId: "ffffffffffffffffffffffff", email: ada }),
    plan: { code: 2, says: [ada], neverSays: ["will be permanently deleted"] },
    apply: { code: 0, says: [ada] },
  },
  {
    ...kept,
    title: "retained ids",
    after: { ...email, users: { [bob]: "Bob" }, retained_user_ids: [ada] },
    plan: { code: 2, says: ["retained"], neverSays: ["will be permanently deleted"] },
    apply: { code: 0, says: ["retained"] },
    nullResource: "always",
  },
  {
    title: "two of four, if the pool is wrong",
    setup,
    before: { ...email, users: emails.slice(0, 4) },
    meanwhile: ({ emulator }) => void emulator.faults.add({ on: "get-user-batch", then: { kind: "omit" } }),
    after: { ...email, users: emails.slice(2, 4) },
    plan: { code: 1, says: ["None of the users is in this pool", "GENAUTH_ACCEPT_EMPTY_POOL"] },
    state: { users: emails.slice(0, 4) },
    gone: [],
    next: { code: 2, says: ["2 users will be permanently deleted"] },
    nullResource: "long",
  },
];
