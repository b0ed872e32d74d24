// Creates accounts again from deletion records, 50 per call. See docs/guides/failed-apply.md.
//
//   npm install authing-node-sdk@4
//   node create-users.mjs FILE.jsonl [ID...]     all users of the file, or those whom the ids name
//
// Skips users who are there already. Exit codes: 0 everybody is there now, 1 somebody was refused, 2 wrong usage, no SDK,
// an unreadable file, or an id that the file does not have: nobody was created.
import { readFileSync } from "node:fs";

const [file, ...ids] = process.argv.slice(2);
const {
  GENAUTH_HOST: host = "https://api.genauth.ai",
  GENAUTH_ACCESS_KEY_ID: accessKeyId,
  GENAUTH_ACCESS_KEY_SECRET: accessKeySecret,
} = process.env;
if (!file || !accessKeyId || !accessKeySecret) {
  console.error("Give a record file, and set GENAUTH_ACCESS_KEY_ID and GENAUTH_ACCESS_KEY_SECRET.");
  process.exit(2);
}

/** The fields that both a record and the call to create users have. Passwords are in no record. */
const FIELDS = [
  ...["status", "name", "nickname", "photo", "username", "externalId", "email", "emailVerified"],
  ...["phone", "phoneCountryCode", "phoneVerified", "gender", "birthdate", "givenName", "familyName"],
  ...["middleName", "preferredUsername", "profile", "website", "company", "country", "province", "city"],
  ...["address", "streetAddress", "postalCode", "region", "formatted", "locale", "zoneinfo"],
  ...["departmentIds", "customData", "identities"],
];

function refuse(reason) {
  console.error(`${reason} Nobody was created.`);
  process.exit(2);
}

async function loadSdk() {
  try {
    return (await import("authing-node-sdk")).default;
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    return refuse("The SDK is not installed here. Run npm install authing-node-sdk@4 in this folder first.");
  }
}

function readLines() {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch ({ message }) {
    return refuse(`${file} cannot be read: ${message}.`);
  }
}

function parseRecord(line, index) {
  try {
    return JSON.parse(line);
  } catch {
    return refuse(`${file}, line ${index + 1}: this is not a record.`);
  }
}

const lines = readLines();
if (lines.pop() !== "") {
  console.error("The last line is cut off, as a crash leaves it, and left out: its user was not deleted.");
}
// A line without a user is about a suspension, or says that somebody else was deleted instead.
const users = lines.map(parseRecord).filter(({ user }) => user);
const absent = ids.filter((wanted) => !users.some(({ id }) => id === wanted));
if (absent.length > 0) refuse(`${file} has no user with these ids: ${absent.join(", ")}.`);
const records = users.filter(({ id }) => ids.length === 0 || ids.includes(id));
const sdk = await loadSdk();
const client = new sdk.ManagementClient({ accessKeyId, accessKeySecret, host });

/** Creates accounts in one call. Returns why GenAuth refuses it; GenAuth refuses all of them or none. */
async function create(some) {
  const list = some.map(({ user }) =>
    Object.fromEntries(FIELDS.filter((field) => user[field] != null).map((field) => [field, user[field]])),
  );
  const { statusCode, message, data } = await client.createUsersBatch({ list });
  if (statusCode !== 200) return `${statusCode} ${message}`;
  data.forEach(({ userId }, index) => {
    const { id, user } = some[index];
    const note = user.status && user.status !== "Activated" ? [`${user.status}: cannot log in`] : [];
    console.log([id, userId, ...note].join("\t"));
  });
}

/** Whether an id names somebody: a user who was not deleted after all, or was created by an earlier run. */
async function isThere({ id, userIdType }) {
  const { statusCode, data } = await client.getUser({ userId: id, userIdType });
  return statusCode === 200 && Boolean(data?.userId);
}

for (let start = 0; start < records.length; start += 50) {
  const chunk = records.slice(start, start + 50);
  if (!(await create(chunk))) continue;
  let refused = 0;
  for (const record of chunk) {
    const reason = await create([record]);
    if (!reason) continue;
    if (await isThere(record)) {
      console.error(`${record.id}\tis there already: skipped`);
      continue;
    }
    refused += 1;
    process.exitCode = 1;
    console.error(`${record.id}\tnot created, GenAuth refused: ${reason}`);
  }
  if (refused === chunk.length) {
    console.error("GenAuth refused everybody of a call, so nobody further was tried.");
    break;
  }
}
