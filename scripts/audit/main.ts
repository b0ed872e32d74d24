import { join } from "node:path";
import { judgeAudit } from "./audit";
import { npmAudit } from "./npm-audit";

/** `npm run audit`: exit code 0, 1 if the audit prevents a release, 2 for wrong usage. `--required`: as before a release. */
const REQUIRED = "--required";
const args = process.argv.slice(2);

if (args.every((arg) => arg === REQUIRED)) {
  const root = join(__dirname, "../..");
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const judge = async () =>
    judgeAudit(await npmAudit(root, process.env), { root, required: args.length > 0, say });
  void judge().then(
    (passed) => (process.exitCode = passed ? 0 : 1),
    (problem: unknown) => {
      process.stderr.write(`error: ${problem instanceof Error ? problem.message : String(problem)}\n`);
      process.exitCode = 1;
    },
  );
} else {
  process.stderr.write(`npm run audit takes ${REQUIRED} or nothing.\n`);
  process.exitCode = 2;
}
