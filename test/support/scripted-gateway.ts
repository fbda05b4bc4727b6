import { type Client, type ClientOptions, createClient } from '../../src/client/client.ts';
import { answer, createReceiver, type Reaction, type Received, type Receiver } from '../../src/receiver/receiver.ts';

export const authenticatePath = '/api/v1/integration/auth/authenticate';
export const refreshPath = '/api/v1/integration/auth/refresh';

/** A JSON response. */
export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Reaction =>
  answer(status, JSON.stringify(body), { 'Content-Type': 'application/json', ...headers });

/** An error response of the gateway. */
export const failure = (status: number, code: string, headers: Record<string, string> = {}): Reaction =>
  json(status, { error: { code, message: `${code}.`, details: {}, request_id: 'id-of-body' } }, headers);

/** The gateway's own 401. */
export const refusal = (): Reaction =>
  failure(401, 'UNAUTHORIZED', {
    'X-Request-Id': 'id-of-body',
    'WWW-Authenticate': 'Bearer error="invalid_token", Basic realm="hookgate", charset="UTF-8"',
  });

type Settings = Pick<
  ClientOptions<'integration' | 'gateway'>,
  'organization' | 'target' | 'retries' | 'timeoutMs' | 'totalTimeoutMs' | 'fetch'
>;

/** An endpoint that answers a client as told: sign-ins with numbered tokens, other calls from `reactions`, in order. */
export interface ScriptedGateway {
  readonly receiver: Receiver;
  /** Responses to calls; after the last one, 200 with `{}`. */
  reactions: Reaction[];
  /** The response to a sign-in or refresh; undefined: the next pair of tokens. */
  onToken(script: (request: Received) => Reaction | undefined): void;
  /** Seconds for `expires_in` of the next tokens. */
  expiresIn: number;
  /** Requests other than sign-ins. */
  calls(): readonly Received[];
  requestsOf(path: string): readonly Received[];
  client(options?: Settings): Client;
  clientOf(token: string | (() => string | Promise<string>)): Client;
  /** Forgets requests, reactions and scripts. */
  reset(): void;
}

export async function createScriptedGateway(): Promise<ScriptedGateway> {
  let tokens = 0;
  let tokenScript: (request: Received) => Reaction | undefined = () => undefined;
  const isTokenCall = ({ path }: Received): boolean => path === authenticatePath || path === refreshPath;
  const receiver = await createReceiver((request) => {
    if (!isTokenCall(request)) return scripted.reactions.shift() ?? json(200, {});
    const scriptedAnswer = tokenScript(request);
    if (scriptedAnswer) return scriptedAnswer;
    tokens += 1;
    return json(200, {
      access_token: `access-${tokens}`,
      refresh_token: `refresh-${tokens}`,
      token_type: 'Bearer',
      expires_in: scripted.expiresIn,
    });
  });
  const scripted: ScriptedGateway = {
    receiver,
    reactions: [],
    expiresIn: 3600,
    onToken: (script) => {
      tokenScript = script;
    },
    calls: () => receiver.received.filter((request) => !isTokenCall(request)),
    requestsOf: (path) => receiver.received.filter((request) => request.path === path),
    client: (settings) =>
      createClient({ url: receiver.url, credentials: { api_key: 'hk_key', secret_key: 'the-secret' }, ...settings }),
    clientOf: (token) => createClient({ url: receiver.url, token }),
    reset() {
      tokens = 0;
      tokenScript = () => undefined;
      scripted.reactions = [];
      scripted.expiresIn = 3600;
      receiver.received.length = 0;
    },
  };
  return scripted;
}
