/** Health of an endpoint, judged by its attempts. */
export type Standing = 'unknown' | 'healthy' | 'failing';

/** An endpoint's organization and health. Stored, so that a new process need not find them out again. */
export interface EndpointProfile {
  readonly key: number;
  readonly organization: string;
  readonly standing: Standing;
  /** Smoothed duration of its attempts. */
  readonly durationMs: number;
}
