import { toMilliseconds } from './apigee-dates.ts';

/** Times in microseconds since 1970, and names of callers. */
export interface History {
  createdAt: number;
  createdBy: string;
  updatedAt: number;
  updatedBy: string;
}

/** The members of an answer that say when and by whom a resource was created and changed. */
export const toHistoryAnswer = ({ createdAt, createdBy, updatedAt, updatedBy }: History) => ({
  createdAt: toMilliseconds(createdAt),
  createdBy,
  lastModifiedAt: toMilliseconds(updatedAt),
  lastModifiedBy: updatedBy,
});
