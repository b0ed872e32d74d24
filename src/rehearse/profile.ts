import type { Profile } from "../emulator";

/** Puts the parts of a profile together; of two delays, the longer one counts. */
export function mergeProfiles(parts: readonly Partial<Profile>[]): Profile {
  const delays = parts.flatMap(({ consistencyDelayMs }) => consistencyDelayMs ?? []);
  const whole = Object.assign({}, ...parts) as Partial<Profile>;
  return {
    ...whole,
    format_version: "1.0",
    kind: "profile",
    ...(delays.length > 0 && { consistencyDelayMs: Math.max(...delays) }),
    variants: Object.assign({}, ...parts.map(({ variants }) => variants ?? {})) as NonNullable<
      Profile["variants"]
    >,
  };
}
