/** How the command ends. `--help` and the README name these. */
export const ExitCode = {
  /** Done. */
  OK: 0,
  /** It could not be done; the reason is on stderr. */
  FAILED: 1,
  /** The command line is wrong; nothing was done. */
  USAGE: 2,
} as const;

/** The lines about exit codes at the end of each command's `--help`. */
export const EXIT_CODES_HELP = `
Exit codes:
  0  done
  1  failed; the reason is on stderr
  2  wrong usage; nothing was done`;
