const timeoutMs = 8000;

/** An answer of a gateway; without a status when none came. */
export interface Answer<Body> {
  readonly status: number | undefined;
  readonly body: Body | undefined;
}

export interface Client {
  /** Calls a path below `/api/v1/integration`. `via` (0 to 1) picks the gateway. Never rejects. The body is there on 2xx only. */
  call<Body>(
    via: number,
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<Body>>;
}

export function createClient(urls: readonly string[], authorization: string): Client {
  return {
    async call<Body>(
      via: number,
      method: string,
      path: string,
      body?: unknown,
      headers: Readonly<Record<string, string>> = {},
    ): Promise<Answer<Body>> {
      try {
        const response = await fetch(`${urls[Math.floor(via * urls.length)]}/api/v1/integration${path}`, {
          method,
          headers: {
            'X-Target-Server': 'integration',
            Authorization: authorization,
            ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(timeoutMs),
        });
        const text = await response.text();
        return { status: response.status, body: response.ok && text !== '' ? (JSON.parse(text) as Body) : undefined };
      } catch {
        return { status: undefined, body: undefined };
      }
    },
  };
}
