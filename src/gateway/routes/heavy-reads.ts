import { rateLimited } from '../../errors.ts';

const atOnce = 4;
const retryAfterSeconds = 1;

export interface HeavyReads {
  /** Runs `work` unless the organization has four at work already: then it throws `RATE_LIMITED`. */
  run<T>(organization: string, work: () => T | Promise<T>): Promise<T>;
}

/** Limits the heavy reads of each organization, so that none takes all connections or processors of the database. */
export function createHeavyReads(): HeavyReads {
  const atWork = new Map<string, number>();
  return {
    // A caller that is gone frees nothing: the read takes its place until it ends.
    async run(organization, work) {
      const others = atWork.get(organization) ?? 0;
      if (others >= atOnce) throw rateLimited(retryAfterSeconds);
      atWork.set(organization, others + 1);
      try {
        return await work();
      } finally {
        const left = (atWork.get(organization) ?? 1) - 1;
        if (left > 0) atWork.set(organization, left);
        else atWork.delete(organization);
      }
    },
  };
}
