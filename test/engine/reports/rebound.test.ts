import { describe, expect, test } from "@jest/globals";
import { stackDocument, renderText } from "../../../src/reports";
import { check } from "../../support/acceptance/removal-case";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { planAndReport } from "./support/golden";

const [ada, bo] = seedUsers(2);
if (!ada?.email || !bo?.email) throw new Error("The seed has no e-mail.");
const newAccount = "6319a1504f3ab6c0f214ddff";

describe.each(engines())("an id that passes to another account, by $name", (engine) => {
  const open = useScenarios(engine);

  test("is reported with both accounts, as a change that needs an approval", async () => {
    const { workspace, emulator } = await open({ emulator: { users: [ada, bo] } });
    workspace.write({ user_id_type: "email", users: { [ada.email ?? ""]: "Ada", [bo.email ?? ""]: "Bo" } });
    check(await workspace.apply(), { code: 0 });

    emulator.pool.remove(ada.userId);
    emulator.pool.add({ userId: newAccount, email: ada.email });
    const { report } = await planAndReport({ workspace });
    expect(report.rebound).toMatchObject([
      { id: ada.email, former_user_id: ada.userId, user_id: newAccount },
    ]);
    expect(report.totals).toMatchObject({ deleted: 0, rebound: 1 });
    const text = renderText(stackDocument(report)).replaceAll(/\s+/g, " ");
    expect(text).toMatch(/^Nobody loses an account; 1 id passes to another account =/);
    expect(text).toContain("taking the id out later deletes that one. This needs an approval, too.");
    expect(text).toContain(ada.userId);
    expect(text).toContain(newAccount);

    check(await workspace.apply("plan"), { code: 0 });
    const next = await planAndReport({ workspace });
    expect(next.report).toMatchObject({ rebound: [], totals: { rebound: 0 } });
  }, 120_000);
});
