// Creates accounts anew from deletion records, 50 a call. See docs/guides/recovery.md.
//
//   npm install authing-node-sdk@4
//   node create-users.mjs FILE.jsonl [ID...]     all users of the file, or those whom the ids name
import { readFileSync } from "node:fs";
import sdk from "authing-node-sdk";

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

/** What both a record and the call to create users know. Passwords are in no record. */
const FIELDS = [
  ...["status", "name", "nickname", "photo", "username", "externalId", "email", "emailVerified"],
  ...["phone", "phoneCountryCode", "phoneVerified", "gender", "birthdate", "givenName", "familyName"],
  ...["middleName", "preferredUsername", "profile", "website", "company", "country", "province", "city"],
  ...["address", "streetAddress", "postalCode", "region", "formatted", "locale", "zoneinfo"],
  ...["departmentIds", "customData", "identities"],
];

const records = readFileSync(file, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line))
  .filter(({ id }) => ids.length === 0 || ids.includes(id));
const list = records.map(({ user }) =>
  Object.fromEntries(FIELDS.filter((field) => user[field] != null).map((field) => [field, user[field]])),
);

const client = new sdk.ManagementClient({ accessKeyId, accessKeySecret, host });
for (let start = 0; start < list.length; start += 50) {
  const { statusCode, message, data } = await client.createUsersBatch({
    list: list.slice(start, start + 50),
  });
  if (statusCode !== 200) {
    console.error(`GenAuth refused users ${start + 1} and on: ${statusCode} ${message}`);
    process.exit(1);
  }
  data.forEach(({ userId }, index) => console.log(`${records[start + index].id}\t${userId}`));
}
