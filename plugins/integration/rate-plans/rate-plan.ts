import type { Kept } from '../apigee/apigee-kept.ts';

/** The terms on which a package is sold. Times are microseconds since 1970. */
export interface RatePlan {
  organization: string;
  /** The id that the plan was created with, or `<package>_<name>` in lower case, with `_` for spaces. */
  id: string;
  packageId: string;
  name: string;
  displayName: string;
  type: string;
  /** Cannot be undone; only `endAt` of a published plan changes. */
  published: boolean;
  /** Months of a billing cycle; undefined unless this is an adjustable notification plan. */
  durationMonths: number | undefined;
  /** Number of the custom attribute that an adjustable notification plan counts; undefined if it counts transactions. */
  ratingAttribute: number | undefined;
  startAt: number;
  /** Exclusive end of the plan; undefined for an open-ended plan. */
  endAt: number | undefined;
  /** The plan of which this is a revision. */
  parentId: string | undefined;
  kept: Kept;
  createdAt: number;
  updatedAt: number;
}
