/** The least time between two reports, in milliseconds, so that the log of a long run stays readable. */
const INTERVAL_MS = 5000;

/** The progress of some work, in ids. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** Receives the progress of some work whenever it changes. */
export type OnProgress = (progress: Progress) => void;

/** The total progress of all work of one kind. */
export interface ProgressReport extends Progress {
  /** What is being done, such as `deleting users`. */
  readonly doing: string;
  /** The number of user sets. An id in two sets counts twice. */
  readonly sets: number;
  /** Ids a second since the work began. */
  readonly perSecond: number;
  /** Absent until some work is done. */
  readonly secondsLeft?: number;
}

interface Work {
  /** The ids done or known when the work was first reported; they do not count for the rate. */
  readonly before: number;
  done: number;
  total: number;
}

interface WorkOfOneKind {
  readonly begun: number;
  readonly works: Work[];
}

/**
 * Reports the progress of long work of a process, at intervals for all user sets together. Work that ends
 * sooner is not reported.
 */
export class ProgressWatch {
  private readonly kinds = new Map<string, WorkOfOneKind>();
  private lastTold = -Infinity;

  /**
   * @param tell receives the reports
   * @param now milliseconds since some moment in the past
   * @param intervalMs the least time between two reports, in milliseconds; default 5,000
   */
  constructor(
    private readonly tell: (report: ProgressReport) => void,
    private readonly now: () => number = () => performance.now(),
    private readonly intervalMs = INTERVAL_MS,
  ) {}

  /** Begins the work of one set, under the name that the reports show. */
  begin(doing: string): OnProgress {
    let work: Work | undefined;
    return ({ done, total }) => {
      const moment = this.now();
      const kind = this.kinds.get(doing) ?? { begun: moment, works: [] };
      this.kinds.set(doing, kind);
      if (!work) kind.works.push((work = { before: done, done, total }));
      Object.assign(work, { done, total });
      this.tellOf(doing, kind, moment);
      if (kind.works.every((one) => one.done === one.total)) this.kinds.delete(doing);
    };
  }

  private tellOf(doing: string, { begun, works }: WorkOfOneKind, moment: number): void {
    if (moment - Math.max(begun, this.lastTold) < this.intervalMs) return;
    this.lastTold = moment;
    const sum = (of: (work: Work) => number): number => works.reduce((all, work) => all + of(work), 0);
    const done = sum((work) => work.done);
    const total = sum((work) => work.total);
    const perSecond = (sum((work) => work.done - work.before) * 1000) / (moment - begun);
    this.tell({
      doing,
      done,
      total,
      sets: works.length,
      perSecond: Math.round(perSecond),
      secondsLeft: perSecond > 0 ? Math.ceil((total - done) / perSecond) : undefined,
    });
  }
}
