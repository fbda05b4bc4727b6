/** Microseconds that each part of an attempt took; what did not happen (a reused connection has no DNS) is left out. */
export interface Phases {
  dns?: number;
  connect?: number;
  tls?: number;
  first_byte?: number;
  total: number;
}

/** Why an attempt got no answer, or none that counts as HTTP. */
export type Silence =
  | 'connect_timeout'
  | 'read_timeout'
  | 'connection_refused'
  | 'connection_lost'
  | 'dns_failure'
  | 'tls_failure';

export interface AnsweredOutcome {
  kind: 'answered';
  status: number;
  /** Up to 16 KiB, control characters and credentials taken out. */
  headers: Record<string, string>;
  body: string;
  truncated: boolean;
}

/** Everything that can come of an attempt. Sending never throws: what happened is data. */
export type Outcome = (
  | AnsweredOutcome
  | { kind: 'silent'; error: Silence }
  | { kind: 'invalid'; error: 'invalid_answer' | 'head_too_large' }
  | { kind: 'refused'; error: 'address_refused' | 'request_not_buildable'; detail: string }
  | { kind: 'gone' }
  | { kind: 'unknown' }
) & { phases?: Phases };
