import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import type { Configuration } from "./configuration";
import { declareSets, withStack } from "./null-resource-stack";
import { attributesOf, type StateInstance, type UserSetAttributes } from "./state-file";
import { Workspace } from "./workspace";

/** A workspace whose sets are `null_resource`s, synthesised by a stack. */
export class NullResourceWorkspace extends Workspace {
  override writeConfiguration(configuration: Configuration): void {
    this.writeStack((stack) => declareSets(stack, configuration));
  }

  /** Replaces the configuration with a stack. */
  writeStack(build: (stack: TerraformStack) => void): void {
    withStack(build, (stack) => {
      const { terraform, ...blocks } = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8")) as Stack;
      // Without the backend, which is Terraform's default. Declaring it would require another init.
      const { required_providers } = terraform;
      this.writeFiles({
        "main.tf.json": JSON.stringify({ terraform: { required_providers }, ...blocks }, undefined, 2),
      });
      const command = join(stack, "genauth");
      if (existsSync(command)) cpSync(command, join(this.folder, "genauth"), { recursive: true });
    });
  }

  /** The drift is that of the last report. */
  override userSet(name = "staff"): UserSetAttributes | undefined {
    const block = this.state().resources.find(
      (resource) => resource.type === "null_resource" && resource.name === name,
    );
    const instance = block?.instances.find(({ deposed }) => deposed === undefined);
    return instance && asUserSet(instance, this.driftReport(name));
  }

  /** The drift in the JSON report of a set; undefined if there is none. */
  driftReport(name = "staff"): UserSetAttributes["drift"] | undefined {
    const file = join(this.folder, `genauth-drift.stack.${name}.json`);
    if (!existsSync(file)) return undefined;
    const { missing, survivors } = JSON.parse(readFileSync(file, "utf8")) as {
      missing: string[];
      survivors: { id: string }[];
    };
    return { missing, survivors: survivors.map(({ id }) => id), locked_out: [] };
  }
}

interface Stack {
  readonly terraform: { readonly required_providers: unknown };
}

function asUserSet(
  { attributes }: StateInstance,
  drift: UserSetAttributes["drift"] = null,
): UserSetAttributes {
  const { id, triggers } = attributes as unknown as { id: string; triggers: Record<string, string> };
  const { user_id_type = "", ...entries } = triggers;
  const byId = Object.entries(entries).map(([name, label]) => [name.replace(/^user:/, ""), label]);
  const users = Object.fromEntries(byId) as Record<string, string>;
  return attributesOf({ id, users, user_id_type, removals: {}, drift });
}
