/** Duration of each phase of an attempt in microseconds. Skipped phases are absent: a reused connection has no DNS. */
export interface Phases {
  dns?: number;
  connect?: number;
  tls?: number;
  first_byte?: number;
  total: number;
}

/** The other end of a connection. */
export interface Peer {
  /** IP address. */
  address: string;
  tls: { version: string; certificateEndsAt: number | undefined } | undefined;
}

/** Why an attempt got no answer. */
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
  /** A record has up to 8 KiB of headers and 16 KiB of body, without control characters and credentials. */
  headers: Record<string, string>;
  body: string;
  truncated: boolean;
}

/** Result of an attempt. Sending never throws: failures are data. */
export type Outcome = (
  | AnsweredOutcome
  | { kind: 'silent'; error: Silence }
  | { kind: 'invalid'; error: 'invalid_answer' | 'head_too_large' }
  | { kind: 'refused'; error: 'address_refused' | 'request_not_buildable'; detail: string }
  | { kind: 'gone' }
  | { kind: 'unknown' }
) & {
  phases?: Phases;
  /** Absent when no request was sent. */
  peer?: Peer | undefined;
};
