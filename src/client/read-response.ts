import { factsOf, HookgateError } from './hookgate-error.ts';

/** Larger bodies are for `client.fetch`, which streams them. */
const mostBytes = 32 * 1024 * 1024;

/** The same response with its body in memory. Throws `HookgateError` beyond 32 MiB; rejects when the connection is lost. */
export async function readResponse(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const reader = response.body?.getReader();
  if (!reader) return response;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > mostBytes) {
      await reader.cancel();
      const message = `The response has more than ${mostBytes} bytes.`;
      throw new HookgateError('RESPONSE_TOO_LARGE', message, factsOf(response));
    }
    pieces.push(next.value);
  }
  return new Response(length === 0 ? null : new Blob(pieces), { status, statusText, headers });
}
