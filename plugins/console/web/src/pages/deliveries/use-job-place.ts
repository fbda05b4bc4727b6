import { useEffect } from 'react';
import { useLocation, useSearch } from 'wouter';
import { useApi } from '../../api/api.tsx';
import { type JobPlace, jobOf, withJob } from './job-address.ts';
import { listAddress } from './use-delivery-filter.ts';

/** The last job of each organization, for readers who come back by the navigation. */
const lastJobs = new Map<string, JobPlace>();

/** The job in the address bar; null takes it out. */
export function useJobPlace(): [JobPlace | undefined, (job: JobPlace | null) => void] {
  const { organization } = useApi();
  const search = useSearch();
  const [, navigate] = useLocation();
  const job = jobOf(search);
  const jobId = job?.id;
  function show(next: JobPlace | null): void {
    if (next) lastJobs.set(organization, next);
    else lastJobs.delete(organization);
    navigate(listAddress(withJob(search, next ?? undefined)), { replace: true });
  }
  useEffect(() => {
    const last = lastJobs.get(organization);
    if (jobId === undefined && last) navigate(listAddress(withJob(search, last)), { replace: true });
  }, [jobId, organization, search, navigate]);
  return [job, show];
}
