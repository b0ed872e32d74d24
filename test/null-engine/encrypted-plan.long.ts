import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../src/emulator";
import { check, deletionsReceived } from "../acceptance/support/removal-case";
import { engines } from "../support/engine";
import { useScenarios } from "../support/scenario";

const pool = seedUsers(3);
const emails = pool.map(({ email }) => email ?? "");
const passphrase = "correct horse battery staple";

/** Only OpenTofu encrypts plans. The passphrase comes from a variable, which `show` must then be given too. */
const encryption = {
  variable: { passphrase: { type: "string" } },
  terraform: {
    encryption: {
      key_provider: { pbkdf2: { key: { passphrase: "${var.passphrase}" } } },
      method: { aes_gcm: { method: { keys: "${key_provider.pbkdf2.key}" } } },
      plan: { method: "method.aes_gcm.method", enforced: true },
    },
  },
};

const openTofu = engines().filter(({ name }) => name === "OpenTofu");

if (openTofu.length === 0) test.skip("needs OpenTofu", () => undefined);
else
  describe.each(openTofu)("a saved plan that $name encrypted", (engine) => {
    const open = useScenarios(engine, "null_resource");

    test.each(["an option", "the environment"])("deletes, with its passphrase from %s", async (source) => {
      const options = source === "an option" ? ["-var", `passphrase=${passphrase}`] : [];
      const environment = { ...(source === "the environment" && { TF_VAR_passphrase: passphrase }) };
      const scenario = await open({ emulator: { users: pool }, environment });
      const { workspace } = scenario;
      workspace.writeFiles({ "encryption.tf.json": JSON.stringify(encryption) });
      workspace.write({ users: emails, user_id_type: "email" });
      check(await workspace.apply(...options), { code: 0 });
      workspace.write({ users: emails.slice(1), user_id_type: "email" });
      check(await workspace.plan("-out=plan", ...options), { code: 2 });
      check(await workspace.apply(...options, "plan"), { code: 0, neverSays: [passphrase] });
      expect(deletionsReceived(scenario)).toEqual([[emails[0]]]);
    });
  });
