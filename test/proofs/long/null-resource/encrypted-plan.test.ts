import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../../support/emulator";
import { check, deletionsReceived } from "../../../support/acceptance/removal-case";
import { engines } from "../../../support/engine/engines";
import { useScenarios } from "../../../support/scenario";

const pool = seedUsers(3);
const emails = pool.map(({ email }) => email ?? "");
const passphrase = "correct horse battery staple";

/** Only OpenTofu encrypts plans. */
const encryptionBy = (passphraseOrVariable: string): object => ({
  key_provider: { pbkdf2: { key: { passphrase: passphraseOrVariable } } },
  method: { aes_gcm: { method: { keys: "${key_provider.pbkdf2.key}" } } },
  plan: { method: "method.aes_gcm.method", enforced: true },
});

/** The passphrase comes from a variable, which `show` needs too. */
const byVariable = {
  variable: { passphrase: { type: "string" } },
  terraform: { encryption: encryptionBy("${var.passphrase}") },
};

/** Additional files and variables of a run, by the source of its passphrase. */
const sources: Readonly<
  Record<
    string,
    { options?: readonly string[]; environment?: Record<string, string>; configuration?: object }
  >
> = {
  "an option": { options: ["-var", `passphrase=${passphrase}`], configuration: byVariable },
  "a variable of the environment": {
    environment: { TF_VAR_passphrase: passphrase },
    configuration: byVariable,
  },
  TF_ENCRYPTION: { environment: { TF_ENCRYPTION: JSON.stringify(encryptionBy(passphrase)) } },
};

const openTofu = engines().filter(({ name }) => name === "OpenTofu");

if (openTofu.length === 0) test.skip("needs OpenTofu", () => undefined);
else
  describe.each(openTofu)("a saved plan encrypted by $name", (engine) => {
    const open = useScenarios(engine, "null_resource");

    test.each(Object.entries(sources))("deletes, with its passphrase from %s", async (_, source) => {
      const { options = [], environment = {}, configuration = {} } = source;
      const scenario = await open({ emulator: { users: pool }, environment });
      const { workspace } = scenario;
      workspace.writeFiles({ "encryption.tf.json": JSON.stringify(configuration) });
      workspace.write({ users: emails, user_id_type: "email" });
      check(await workspace.apply(...options), { code: 0 });
      workspace.write({ users: emails.slice(1), user_id_type: "email" });
      check(await workspace.plan("-out=plan", ...options), { code: 2 });
      check(await workspace.apply(...options, "plan"), { code: 0, neverSays: [passphrase] });
      expect(deletionsReceived(scenario)).toEqual([[emails[0]]]);
    });
  });
