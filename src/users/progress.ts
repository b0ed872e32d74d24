/** Not more often than this, in milliseconds: the log of a long run stays readable. */
const INTERVAL_MS = 5000;

/** How far some work is, in ids. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** Takes how far some work is, as often as that changes. */
export type OnProgress = (progress: Progress) => void;

/** How far all work of one kind is together. */
export interface ProgressReport extends Progress {
  /** What is being done, such as `deleting users`. */
  readonly doing: string;
  /** How many user sets it is done for. An id that two of them hold counts in both. */
  readonly sets: number;
  /** Ids a second since the work began. */
  readonly perSecond: number;
  /** Absent while nothing was done yet. */
  readonly secondsLeft?: number;
}

interface Work {
  /** What was done, or known already, when the work was first heard of: that says nothing of the rate. */
  readonly before: number;
  done: number;
  total: number;
}

interface WorkOfOneKind {
  readonly begun: number;
  readonly works: Work[];
}

/**
 * Tells how far the long work of a process is, at most every 5 s however many user sets work at once; what is done
 * before that is not mentioned.
 */
export class ProgressWatch {
  private readonly kinds = new Map<string, WorkOfOneKind>();
  private lastTold = -Infinity;

  /**
   * @param tell takes what is to be told
   * @param now milliseconds since some moment in the past
   */
  constructor(
    private readonly tell: (report: ProgressReport) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Begins the work of one set; what is being done names it in the reports. */
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
    if (moment - Math.max(begun, this.lastTold) < INTERVAL_MS) return;
    this.lastTold = moment;
    const sum = (of: (work: Work) => number): number => works.reduce((all, work) => all + of(work), 0);
    const [done, total] = [sum((work) => work.done), sum((work) => work.total)];
    const perSecond = (sum((work) => work.done - work.before) * 1000) / (moment - begun);
    this.tell({
      doing,
      done,
      total,
      sets: works.length,
      perSecond: Math.round(perSecond),
      ...(perSecond > 0 && { secondsLeft: Math.ceil((total - done) / perSecond) }),
    });
  }
}
