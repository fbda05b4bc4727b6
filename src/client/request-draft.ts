/** A request that can be made several times: sending a `Request` uses up its body. */
export class RequestDraft extends Request {
  /** Whether the body can be read only once. */
  readonly isStream: boolean;
  readonly #init: RequestInit;

  constructor(input: Request | string | URL, init: RequestInit = {}) {
    super(input, { ...init, redirect: 'manual' });
    this.isStream =
      typeof init.body === 'object' &&
      init.body !== null &&
      ('getReader' in init.body || Symbol.asyncIterator in init.body);
    this.#init = init;
  }

  /** A request with these credentials. Redirects are not followed: they could carry credentials and secrets elsewhere. */
  toRequest(token: string | undefined, signal: AbortSignal): Request {
    const headers = new Headers(this.headers);
    if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
    const changes = { headers, signal, redirect: 'manual' } as const;
    return this.isStream ? new Request(this, changes) : new Request(this.url, { ...this.#init, ...changes });
  }
}
