import type { Commands } from "./program";

/**
 * The commands of `cdktf-genauth`, in the order of the help: first what a newcomer needs.
 *
 * The emulator is a file of its own in the package, because the server that it needs is as long as all other
 * code together, and each start of another command would parse it.
 */
export const COMMANDS: Commands = {
  init: { load: async () => (await import("./init")).initCommand },
  export: { load: async () => (await import("./export")).exportCommand },
  emulator: { load: async () => (await import("./emulator")).emulatorCommand, handlesSignals: true },
  "install-provider": { load: async () => (await import("./install-provider")).installProviderCommand },
  doctor: { load: async () => (await import("./doctor")).doctorCommand },
  "plan-report": { load: async () => (await import("./plan-report")).planReportCommand },
  drift: { load: async () => (await import("./drift")).driftCommand },
  show: { load: async () => (await import("./show")).showCommand },
  restore: { load: async () => (await import("./restore")).restoreCommand },
  guard: { load: async () => (await import("./guard")).guardCommand, handlesSignals: true },
  pipeline: { load: async () => (await import("./pipeline")).pipelineCommand, handlesSignals: true },
  "apply-null-resource": {
    load: async () => (await import("./apply-null-resource")).applyNullResourceCommand,
    handlesSignals: true,
    isInternal: true,
  },
};
