/** The emulator as tests use it. */
export * from "../../../src/emulator";
