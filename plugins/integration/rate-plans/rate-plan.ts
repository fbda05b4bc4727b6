import type { Kept } from '../apigee/apigee-kept.ts';

/** What a package is sold by. Times are microseconds. */
export interface RatePlan {
  organization: string;
  /** `<package>_<name>` in lower case, with `_` for spaces. */
  id: string;
  packageId: string;
  name: string;
  displayName: string;
  type: string;
  /** Never taken back; from then on only `endAt` changes. */
  published: boolean;
  /** Months of a cycle; undefined unless this is an adjustable notification plan. */
  durationMonths: number | undefined;
  startAt: number;
  /** The plan is in force until just before it; undefined: open. */
  endAt: number | undefined;
  kept: Kept;
  createdAt: number;
  updatedAt: number;
}
