/** Finds out, with calls that change nothing, how the service behaves where GenAuth's documentation leaves it open. */
export { examinePool, type Reach } from "./examine";
export { type DoctorReport, DoctorReportSchema, doctorText } from "./report";
