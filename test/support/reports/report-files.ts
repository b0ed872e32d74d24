import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Message } from "../../../src/users";
import { newFolder } from "../at-end";
import { runCommand } from "../command";
import type { Finished } from "../engine/child";
import { planJson, type SetChange } from "./plan-json";

/** Runs the command plan-report. */
export function runPlanReport(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return runCommand(["plan-report", ...args], env);
}

/** Plans and messages for the command plan-report, each in a file of its own. */
export class ReportFiles {
  readonly folder = newFolder();
  #written = 0;

  /** A plan that removes some of three users from a set; it deletes all of them by default. */
  plan(
    stay: readonly string[],
    more: object = {},
    removals: Partial<SetChange> = { deleted: ["ada", "bo", "chidi"].filter((id) => !stay.includes(id)) },
  ): string {
    return this.write("plan.json", planJson({ stay, ...removals }, more));
  }

  /** The output of `terraform plan -json`: these warnings. */
  messages(...messages: readonly Message[]): string {
    const lines = messages.map((message) =>
      JSON.stringify({
        type: "diagnostic",
        diagnostic: { severity: "warning", ...message, address: "genauth_user_set.staff" },
      }),
    );
    return this.write("messages.jsonl", lines.join("\n"));
  }

  /** A file with this name and content, in a folder of its own. */
  write(name: string, content: string): string {
    const folder = join(this.folder, String((this.#written += 1)));
    mkdirSync(folder);
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  }
}
