import { readers } from '../../api/delivery-filter.ts';

/** A redelivery job in the address, so that its progress is found again. */
export interface JobPlace {
  readonly id: string;
  /** Deliveries that matched when it was started; undefined: more than were counted. */
  readonly count: number | undefined;
}

const mostDigits = 9;

/** The job of an address. */
export function jobOf(search: string): JobPlace | undefined {
  const given = new URLSearchParams(search);
  const id = readers.endpoint(given.get('job') ?? '');
  if (id === undefined) return undefined;
  const count = given.get('job_count') ?? '';
  return { id, count: /^\d+$/.test(count) && count.length <= mostDigits ? Number(count) : undefined };
}

/** The same address with another job, or with none. */
export function withJob(search: string, job: JobPlace | undefined): string {
  const given = new URLSearchParams(search);
  given.delete('job');
  given.delete('job_count');
  if (job) given.set('job', job.id);
  if (job?.count !== undefined) given.set('job_count', String(job.count));
  return String(given);
}
