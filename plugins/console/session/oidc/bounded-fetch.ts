const timeoutMs = 5000;
const maxBytes = 256 * 1024;

interface Options {
  method: string;
  headers: Record<string, string>;
  body?: URLSearchParams | undefined;
}

/** `fetch` with a limit of time and of the size of the response, which comes from outside. Follows no redirect. */
export async function boundedFetch(url: string, { method, headers: sent, body }: Options): Promise<Response> {
  const request = { method, headers: sent, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) } as const;
  const response = await fetch(url, body === undefined ? request : { ...request, body });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error('the response of the identity provider is too large');
    chunks.push(chunk);
  }
  const { status, headers } = response;
  return new Response(size === 0 ? null : Buffer.concat(chunks), { status, headers });
}
