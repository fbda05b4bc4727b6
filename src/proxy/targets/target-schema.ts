import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Joi from 'joi';
import type { CorsSettings, RemoteTargetSettings } from '../../target-definition.ts';

const targetName = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const path = Joi.string().pattern(
  /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))(?:\/[\w.~!$&'()*+,;=:@-]+)+$/,
  'a path such as /api/v1, without a slash at its end',
);
const pagePath = Joi.string().pattern(/^\/[\x21-\x22\x24-\x7e]*$/, 'a path such as /healthz');
const scope = Joi.string().pattern(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'a scope');
const switchedOff = Joi.boolean().default(false);
const milliseconds = (fallback: number, least: number): Joi.NumberSchema =>
  Joi.number().integer().min(least).max(2_147_483_647).default(fallback);
const limit = Joi.number().integer().min(0).default(0);
const list = (items: Joi.Schema): Joi.ArraySchema => Joi.array().items(items).unique();

const anyCase = (text: string): string => text.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
const framing = ['connection', 'content-length', 'expect', 'host', 'keep-alive', 'proxy-connection', 'te', 'trailer'];
const framingNames = [...framing, 'transfer-encoding', 'upgrade'].map(anyCase).join('|');
/** A header name that does not affect message framing, which is the gateway's own. */
const settableName = new RegExp(`^(?!(?:${framingNames})$)[\\w!#$%&'*+.^\`|~-]+$`);
const headerValue = Joi.string()
  .allow('')
  .pattern(/^[\t\x20-\x7e\x80-\xff]*$/, 'a header value');

/** A final dot marks a name as absolute. Certificates, server names and `Host` are written without it. */
const withoutFinalDot = (text: string): string => text.replace(/\.(?=(?::\d+)?\/?$)/, '');

const origin = Joi.string()
  .pattern(/^https?:\/\/(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?\/?$/, 'an origin such as http://127.0.0.1:9001')
  .custom((text: string, helpers) => URL.parse(withoutFinalDot(text))?.origin ?? helpers.error('string.uri'))
  .messages({ 'string.uri': '{{#label}} must be an origin such as http://127.0.0.1:9001' });

const host = Joi.string()
  .max(254)
  .pattern(
    /^(?:[A-Za-z0-9_](?:[\w-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_](?:[\w-]{0,61}[A-Za-z0-9_])?\.?$/,
    'a host such as shop.example.com',
  )
  .custom((text: string) => text.toLowerCase().replace(/\.$/, ''));

const certificates = Joi.string().custom((file: string, helpers) => {
  try {
    const text = readFileSync(resolve(String(helpers.prefs.context?.folder ?? '.'), file), 'utf8');
    new X509Certificate(text);
    return text;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    const problem = syscall === undefined ? 'holds no certificate (PEM)' : `cannot be read (${code})`;
    return helpers.message({ custom: `{{#label}} ${problem}` });
  }
});

/** A group of settings that is filled with its defaults even if it is not given. */
const group = (keys: Joi.SchemaMap): Joi.ObjectSchema => {
  const schema = Joi.object(keys);
  return schema.default(() => schema.validate({}).value);
};

const timeouts = group({
  connectMs: milliseconds(3000, 1).description('Milliseconds to establish a connection.'),
  headersMs: milliseconds(30_000, 1).description(
    'Milliseconds from the end of the request to the head of the response.',
  ),
  idleMs: milliseconds(60_000, 1).description('Milliseconds without a byte in either direction.'),
  totalMs: milliseconds(0, 0).description('Milliseconds for the whole call; 0 means no limit.'),
});

const healthCheck = Joi.object({
  path: pagePath.required().description('Path on the upstream, requested with GET.'),
  intervalMs: milliseconds(5000, 100).description('Milliseconds from one check to the next.'),
});

const breaker = group({
  failures: Joi.number()
    .integer()
    .min(1)
    .max(1_000_000)
    .default(5)
    .description('Consecutive failures that open the breaker.'),
  openMs: milliseconds(10_000, 1).description('Milliseconds until a trial call is let through.'),
});

const websocket = group({
  enabled: switchedOff.description('Whether upgrades are forwarded.'),
  origins: list(origin).default([]).description('Web origins that may connect; none by default.'),
  tokenFrom: list(Joi.valid('header', 'subprotocol', 'query'))
    .min(1)
    .default(['header'])
    .description('Places in which a token is accepted.'),
});

const anything = Joi.string()
  .pattern(/^\*$/, '*')
  .custom(() => ['*']);
/** A list, or `*` for everything. */
const listOrAll = (items: Joi.Schema): Joi.AlternativesSchema => Joi.alternatives().try(list(items), anything);
const corsHeaderName = Joi.string().pattern(/^[\w!#$%&'*+.^`|~-]{1,128}$/, 'a header name');
const maxAgeS = 86_400;

const cors = Joi.object({
  origins: listOrAll(
    Joi.string()
      .pattern(
        /^(?:\*|https?:\/\/(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?\/?)$/,
        'an origin such as https://app.example.com',
      )
      .custom((text: string, helpers) =>
        text === '*' ? text : (URL.parse(text)?.origin ?? helpers.error('string.uri')),
      )
      .messages({ 'string.uri': '{{#label}} must be an origin such as https://app.example.com' }),
  )
    .default([])
    .description('Origins of pages that may call the target; none by default.'),
  methods: listOrAll(Joi.string().pattern(/^(?:\*|(?!TRACE$|CONNECT$)[A-Z-]{1,32})$/, 'a method such as PUT'))
    .default(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
    .description('Methods that pages may use.'),
  headers: listOrAll(corsHeaderName)
    .default([])
    .description("Request headers that pages may send, beyond the gateway's own."),
  expose: listOrAll(corsHeaderName)
    .default([])
    .description("Response headers that pages may read, beyond the gateway's own."),
  credentials: switchedOff.description('Whether browsers may send cookies and other credentials that they hold.'),
  maxAgeS: Joi.number()
    .integer()
    .min(0)
    .max(maxAgeS)
    .default(600)
    .description('Seconds for which browsers keep the answer to a preflight.'),
}).custom((value: CorsSettings, helpers) =>
  value.credentials && value.origins.includes('*')
    ? helpers.message({ custom: '{{#label}}.origins must list the origins if credentials are allowed' })
    : value,
);

const headers = group({
  set: Joi.object().pattern(settableName, headerValue).default({}).description('Request headers to set.'),
  remove: list(Joi.string().pattern(settableName, 'a header name, and none that frames the message'))
    .default([])
    .description('Request headers to remove.'),
});

/** One target, as in `targets.yaml`. */
const targetSchema = Joi.object({
  upstreams: list(origin)
    .min(1)
    .required()
    .description('Origins; a call goes to the one with the fewest calls in flight.'),
  prefixes: list(path).default([]).description('Path prefixes that select this target without X-Target-Server.'),
  hosts: list(host).description('Hosts that select this target, and that no other target is reached on.'),
  stripPrefix: path.default('').description('Prefix to strip from the path; other paths get 404.'),
  addPrefix: path.default('').description('Prefix to put before the remaining path.'),
  scopes: list(scope).default([]).description('Scopes that a caller must have, all of them.'),
  public: switchedOff.description('No credentials are required; Authorization is forwarded unchanged.'),
  forwardAuthorization: switchedOff.description("Whether the backend gets the caller's Authorization."),
  preserveHost: switchedOff.description("Whether the backend gets the caller's Host instead of its own."),
  maxBodyBytes: limit.description('Limit for request bodies, in bytes; larger ones get 413, 0 means no limit.'),
  timeouts: timeouts.description('Time limits.'),
  rateLimitPerMinute: limit.description('Calls per minute for one principal; 0 means no separate limit.'),
  healthCheck: healthCheck.description('Periodic checks; an upstream that fails two in a row gets no calls.'),
  breaker: breaker.description('Circuit breaker: an upstream that keeps failing gets no calls for a while.'),
  websocket: websocket.description('WebSockets.'),
  cors: Joi.alternatives()
    .try(Joi.valid('pass-through'), cors)
    .description('Pages of other origins that may call the target, or pass-through: the backend decides.'),
  tls: Joi.object({
    ca: certificates.required().description('PEM file with the CA certificates for the upstreams.'),
  }).description('Verification of https upstreams.'),
  headers: headers.description('Changes to the request headers.'),
  metering: Joi.object({
    product: Joi.string()
      .max(190)
      .required()
      .description('Product of which every successful response counts as one use.'),
  }).description('Usage counting.'),
});

/** The content of a targets file: targets by name. */
export const targetsSchema = Joi.object({
  targets: Joi.object().pattern(targetName, targetSchema.required()).required().description('Remote targets by name.'),
})
  .required()
  .label('the file');

/** Joi's own messages would quote the value, which may be a secret. */
const messages: Joi.LanguageMessages = { 'string.pattern.name': '{{#label}} must be {{#name}}' };

export interface DefinitionProblem {
  /** Dotted path, such as `targets.billing.upstreams[0]`. */
  readonly place: string;
  readonly message: string;
}

/** Checks the content of a targets file. Relative file paths are resolved against `folder`. */
export function checkDefinitions(
  value: unknown,
  folder: string,
): { targets: RemoteTargetSettings[]; problems: DefinitionProblem[] } {
  const result = targetsSchema.validate(value, options(folder));
  if (result.error)
    return {
      targets: [],
      problems: result.error.details.map(({ message, context }) => ({ place: String(context?.label), message })),
    };
  const { targets } = result.value as { targets: Record<string, Omit<RemoteTargetSettings, 'name'>> };
  return { targets: Object.entries(targets).map(([name, settings]) => ({ name, ...settings })), problems: [] };
}

/** Throws an `Error` that lists every problem by key. Relative file paths are resolved against `folder`. */
export function checkDefinition(name: string, definition: unknown, folder = '.'): RemoteTargetSettings {
  const { value, error } = Joi.object({ [name]: targetSchema.required() }).validate(
    { [name]: definition },
    options(folder),
  );
  if (error) throw new Error(error.details.map(({ message }) => message).join('; '));
  return { name, ...(value as Record<string, object>)[name] } as RemoteTargetSettings;
}

const options = (folder: string): Joi.ValidationOptions => ({
  abortEarly: false,
  convert: false,
  errors: { wrap: { label: false } },
  context: { folder },
  messages,
});
