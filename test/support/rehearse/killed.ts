import { createTestUserCalls } from "../../../src/api";
import { rehearse } from "../../../src/rehearse/rehearse";
import { surveyPool } from "../../../src/rehearse/survey";
import { optionsOf, poolOf, type RehearsedService } from "./rehearsal";

/** Where a process is killed: before its n-th call is sent, or after it was carried out and before its answer is read. */
export interface Kill {
  readonly call: number;
  readonly when: "before" | "after";
  /** Whether only changes are counted. */
  readonly among: "changes" | "all";
}

class Killed extends Error {}

/** Rehearses until the process is killed. @returns whether there were so many calls */
export async function rehearseUntil(service: RehearsedService, file: string, kill: Kill): Promise<boolean> {
  const { probe, calls, close } = createTestUserCalls(optionsOf(service));
  const survey = await surveyPool(probe);
  let count = 0;
  const cut = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(of, name) {
        const call = of[name as keyof T] as (...given: unknown[]) => Promise<unknown>;
        return async (...given: unknown[]) => {
          count += 1;
          if (count > kill.call || (count === kill.call && kill.when === "before")) throw new Killed();
          const answer = await call(...given);
          if (count === kill.call) throw new Killed();
          return answer;
        };
      },
    });
  try {
    await rehearse({
      probe: kill.among === "all" ? cut(probe) : probe,
      calls: cut(calls),
      ...{ clock: service.clock, pool: poolOf(service), survey, file, confirmSeconds: 15, patienceMs: 300 },
    });
    return false;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return true;
  } finally {
    close();
  }
}
