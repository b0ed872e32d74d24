import type { Clock } from "../../../../src/timing";

/** A clock on which waiting takes no time, until the test stops it. */
export interface StoppableClock extends Clock {
  /** Whoever waits from now on waits until {@link goOn}. */
  stop(): void;
  goOn(): void;
  /** Resolves once somebody waits on the stopped clock. */
  somebodyWaits(): Promise<void>;
  /** Lets time pass, as it does during a slow answer. In milliseconds. */
  pass(milliseconds: number): void;
  /** Sets the time of day forward, as an hour that passes would. In milliseconds. */
  setForward(milliseconds: number): void;
}

export function stoppableClock(): StoppableClock {
  let elapsed = 0;
  let ahead = 0;
  let running = Promise.resolve();
  let goOn = (): void => undefined;
  let noteWait = (): void => undefined;
  let waits = Promise.resolve();
  return {
    now: () => Date.now() + ahead,
    elapsed: () => elapsed,
    random: () => 1,
    async sleep(milliseconds) {
      noteWait();
      await running;
      elapsed += milliseconds;
    },
    stop() {
      running = new Promise((resolve) => (goOn = resolve));
      waits = new Promise((resolve) => (noteWait = resolve));
    },
    goOn: () => goOn(),
    somebodyWaits: () => waits,
    pass: (milliseconds) => void (elapsed += milliseconds),
    setForward: (milliseconds) => void (ahead += milliseconds),
  };
}
