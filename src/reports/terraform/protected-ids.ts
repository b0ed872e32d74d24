import * as z from "zod";
import { ProtectedUsers, UserIdType } from "../../users";

interface ConfigurationModule {
  readonly resources: readonly {
    readonly address: string;
    readonly provider_config_key?: string | undefined;
  }[];
  readonly module_calls: Readonly<Record<string, { readonly module: ConfigurationModule }>>;
}

const ConfigurationModule: z.ZodType<ConfigurationModule> = z.object({
  resources: z
    .array(z.object({ address: z.string(), provider_config_key: z.string().optional() }))
    .default([]),
  module_calls: z
    .record(z.string(), z.object({ module: z.lazy(() => ConfigurationModule).prefault({}) }))
    .default({}),
});

const ProtectedIds = z.partialRecord(z.enum(UserIdType), z.array(z.string()).nullable());

const Configuration = z.object({
  provider_config: z
    .record(
      z.string(),
      z.object({
        expressions: z
          .object({ protected_users: z.object({ constant_value: ProtectedIds.optional() }).optional() })
          .prefault({}),
      }),
    )
    .default({}),
  root_module: ConfigurationModule.prefault({}),
});

/** Whom the provider of a set protects, as far as the plan shows it. */
export interface PlanProtection {
  readonly users: ProtectedUsers;
  /** Whether that is all of them: an expression is evaluated only when Terraform runs. */
  readonly complete: boolean;
}

/**
 * Reads `protected_users` of the providers from a plan's configuration.
 *
 * @returns gives, for the address of a set, whom its provider protects
 */
export function protectionOf(configuration: unknown): (address: string) => PlanProtection {
  const { data } = Configuration.safeParse(configuration ?? {});
  if (!data) return () => UNKNOWN;
  const keys = new Map(providerKeys(data.root_module, ""));
  const protections = new Map(
    Object.entries(data.provider_config).map(([key, { expressions }]): [string, PlanProtection] => [
      key,
      protection(expressions.protected_users),
    ]),
  );
  return (address) => protections.get(keys.get(withoutKeys(address)) ?? "") ?? NOBODY;
}

const NOBODY: PlanProtection = { users: ProtectedUsers.of(new Map()), complete: true };
const UNKNOWN: PlanProtection = { ...NOBODY, complete: false };

function protection(
  expression: { constant_value?: z.infer<typeof ProtectedIds> } | undefined,
): PlanProtection {
  if (!expression) return NOBODY;
  const ids = expression.constant_value;
  if (!ids) return UNKNOWN;
  const byType = Object.values(UserIdType).map((type): [UserIdType, string[]] => [type, ids[type] ?? []]);
  return { users: ProtectedUsers.of(new Map(byType)), complete: true };
}

/** The provider of each resource block, by the block's address. */
function providerKeys(module: ConfigurationModule, prefix: string): [string, string][] {
  const own = module.resources.map(({ address, provider_config_key = "" }): [string, string] => [
    `${prefix}${address}`,
    provider_config_key,
  ]);
  const inner = Object.entries(module.module_calls).flatMap(([name, call]) =>
    providerKeys(call.module, `${prefix}module.${name}.`),
  );
  return [...own, ...inner];
}

/** The address of the block of an object: without what `count` and `for_each` add. */
function withoutKeys(address: string): string {
  return address.replaceAll(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, "");
}
