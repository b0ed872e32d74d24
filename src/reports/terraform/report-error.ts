/** What was given cannot be reported on. The message is for the person who gave it: what is wrong, and what to do. */
export class ReportError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ReportError";
  }
}
