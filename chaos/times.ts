/** Timeouts of the gateways: short ones, so that a minute covers several retries and leases. */
export const attemptTimeoutMs = 300;
export const leaseMs = 3300;
export const retryIntervalMs = 400;
export const maxRetries = 3;

export const shortTimes: Readonly<Record<string, string>> = {
  DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
  DISPATCH_CONNECT_TIMEOUT_MS: String(attemptTimeoutMs),
  DISPATCH_READ_TIMEOUT_MS: String(attemptTimeoutMs),
  DISPATCH_LEASE_MS: String(leaseMs),
  DISPATCH_RETRY_INTERVAL_MS: String(retryIntervalMs),
  DISPATCH_MAX_RETRIES: String(maxRetries),
  DISPATCH_POLL_INTERVAL_MS: '100',
  DISPATCH_ENDPOINT_CONCURRENCY: '4',
  LOG_LEVEL: 'warn',
};
