/** The latest TLS session with each origin: the next connection resumes it, which takes half of a handshake's processor time. */
export interface TlsSessions {
  find(origin: string): KeptSession | undefined;
  /** `resumed`: the session that this one continues, so that no certificate was checked. */
  keep(origin: string, session: Buffer, checked: Checked | { readonly resumed: KeptSession }): void;
  /** After a failure that the session may have caused. */
  forget(origin: string): void;
  /** Resumes no session with the origin for ten minutes: it has accepted one, and not answered on that connection. */
  avoid(origin: string): void;
}

interface Checked {
  /** End of the certificate's validity, in microseconds; undefined if it is not known. */
  readonly certificateEndsAt: number | undefined;
}

export interface KeptSession extends Checked {
  readonly session: Buffer;
  /** When the certificate was checked; monotonic milliseconds. */
  readonly checkedAt: number;
}

/** A certificate is checked again after this time: resuming a session does not notice that it has expired. */
const trustedMs = 600_000;
const mostKept = 1000;

/** `now` is monotonic milliseconds. */
export function createTlsSessions(now = (): number => performance.now()): TlsSessions {
  /** By origin, oldest first; without a session: none is resumed. */
  const kept = new Map<string, KeptSession | Omit<KeptSession, 'session'>>();
  const isRecent = ({ checkedAt }: Pick<KeptSession, 'checkedAt'>): boolean => now() - checkedAt < trustedMs;

  function put(origin: string, entry: KeptSession | Omit<KeptSession, 'session'>): void {
    kept.delete(origin);
    kept.set(origin, entry);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  }

  return {
    find(origin) {
      const found = kept.get(origin);
      return found && 'session' in found && isRecent(found) ? found : undefined;
    },
    keep(origin, session, checked) {
      const known = kept.get(origin);
      if (known && !('session' in known) && isRecent(known)) return;
      put(origin, 'resumed' in checked ? { ...checked.resumed, session } : { ...checked, session, checkedAt: now() });
    },
    forget(origin) {
      if ('session' in (kept.get(origin) ?? {})) kept.delete(origin);
    },
    avoid: (origin) => put(origin, { checkedAt: now(), certificateEndsAt: undefined }),
  };
}
