import { factsOf, HookgateError } from './hookgate-error.ts';
import { RequestDraft } from './request-draft.ts';
import { type SendOptions, send } from './send.ts';
import { isToken, type TokenCalls, type Tokens } from './session.ts';

const folder = '/api/v1/integration/auth';

/** The calls that give tokens, at the target `authentication`. */
export function createTokenCalls(baseUrl: string, limits: Omit<SendOptions, 'session'>): TokenCalls {
  async function post(path: string, body: object, retries: number): Promise<Tokens> {
    const headers = { 'Content-Type': 'application/json', 'X-Target-Server': 'authentication' };
    const draft = new RequestDraft(`${baseUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const response = await send(
      { draft, signal: undefined, isHarmless: true },
      { ...limits, retries, session: undefined },
    );
    return toTokens(response, await response.text());
  }
  return {
    // The two members alone: callers may pass a larger object.
    signIn: ({ api_key, secret_key }) => post(`${folder}/authenticate`, { api_key, secret_key }, limits.retries),
    refresh: (token) => post(`${folder}/refresh`, { refresh_token: token }, 0),
  };
}

function toTokens(response: Response, text: string): Tokens {
  try {
    const tokens = JSON.parse(text) as Tokens;
    if (isToken(tokens.access_token) && isToken(tokens.refresh_token) && tokens.expires_in > 0) return tokens;
  } catch {
    // Reported without the text, which may hold a token.
  }
  throw new HookgateError('INVALID_RESPONSE', 'The response to the sign-in has no tokens.', factsOf(response));
}
