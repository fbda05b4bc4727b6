import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Joi from 'joi';
import type { RemoteTargetSettings } from '../../target-definition.ts';

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
/** A header's name, and none of those that frame the message: our own framing would be at stake. */
const settableName = new RegExp(`^(?!(?:${framingNames})$)[\\w!#$%&'*+.^\`|~-]+$`);
const headerValue = Joi.string()
  .allow('')
  .pattern(/^[\t\x20-\x7e\x80-\xff]*$/, 'a header value');

const origin = Joi.string()
  .pattern(/^https?:\/\/(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?\/?$/, 'an origin such as http://127.0.0.1:9001')
  .custom((text: string, helpers) => URL.parse(text)?.origin ?? helpers.error('string.uri'))
  .messages({ 'string.uri': '{{#label}} must be an origin such as http://127.0.0.1:9001' });

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

/** A group of settings that is there, with its defaults, even when none of it is given. */
const group = (keys: Joi.SchemaMap): Joi.ObjectSchema => {
  const schema = Joi.object(keys);
  return schema.default(() => schema.validate({}).value);
};

const timeouts = group({
  connectMs: milliseconds(3000, 1).description('Milliseconds until a connection is there.'),
  headersMs: milliseconds(30_000, 1).description('Milliseconds from the end of the request to the head of the answer.'),
  idleMs: milliseconds(60_000, 1).description('Milliseconds without a byte in either direction.'),
  totalMs: milliseconds(0, 0).description('Milliseconds for the whole call; 0 is no limit.'),
});

const healthCheck = Joi.object({
  path: pagePath.required().description('Path of the page, as the upstream knows it, asked for with GET.'),
  intervalMs: milliseconds(5000, 100).description('Milliseconds from one check to the next.'),
});

const breaker = group({
  failures: Joi.number().integer().min(1).max(1_000_000).default(5).description('So many failures in a row open it.'),
  openMs: milliseconds(10_000, 1).description('Milliseconds until one call tries whether the upstream works again.'),
});

const websocket = group({
  enabled: switchedOff.description('Upgrades are passed on.'),
  origins: list(origin).default([]).description('Pages that may connect; without an entry none may.'),
  tokenFrom: list(Joi.valid('header', 'subprotocol', 'query'))
    .min(1)
    .default(['header'])
    .description('Where the token may be.'),
});

const headers = group({
  set: Joi.object().pattern(settableName, headerValue).default({}).description('Request headers that are put in.'),
  remove: list(Joi.string().pattern(settableName, 'a header name, and none that frames the message'))
    .default([])
    .description('Request headers that are taken away.'),
});

/** One target, as in `targets.yaml`. */
const targetSchema = Joi.object({
  upstreams: list(origin).min(1).required().description('Origins; calls go to the one with the fewest under way.'),
  prefixes: list(path).default([]).description('Paths that lead here without X-Target-Server.'),
  stripPrefix: path.default('').description('Taken off the path; a path outside it is 404.'),
  addPrefix: path.default('').description('Put before what is left of the path.'),
  scopes: list(scope).default([]).description('Scopes that callers need, all of them.'),
  public: switchedOff.description('No credentials are asked for; Authorization passes untouched.'),
  forwardAuthorization: switchedOff.description("The backend gets the caller's Authorization."),
  preserveHost: switchedOff.description("The backend gets the caller's Host in place of its own."),
  maxBodyBytes: limit.description('Larger request bodies are 413; 0 is no limit.'),
  timeouts: timeouts.description('How long what may take.'),
  rateLimitPerMinute: limit.description('Calls a minute by one principal; 0 is no limit of its own.'),
  healthCheck: healthCheck.description('Upstreams whose page fails twice in a row get no calls.'),
  breaker: breaker.description('Upstreams whose answers fail get a moment to recover.'),
  websocket: websocket.description('WebSockets.'),
  tls: Joi.object({
    ca: certificates.required().description('File with the certificates (PEM) that vouch for the upstreams.'),
  }).description('How upstreams with https are verified.'),
  headers: headers.description('Changes to the request headers.'),
  metering: Joi.object({
    product: Joi.string().max(190).required().description('Every successful answer counts as one use of this product.'),
  }).description('What is counted.'),
});

/** What a targets file holds: targets by name. */
export const targetsSchema = Joi.object({
  targets: Joi.object().pattern(targetName, targetSchema.required()).required().description('Remote targets by name.'),
})
  .required()
  .label('the file');

/** Joi's own would quote what was given, which may be a secret. */
const messages: Joi.LanguageMessages = { 'string.pattern.name': '{{#label}} must be {{#name}}' };

export interface DefinitionProblem {
  /** Dotted, as `targets.billing.upstreams[0]`. */
  readonly place: string;
  readonly message: string;
}

/** Checks what a targets file holds. `folder` is what paths of files start from. */
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

/** Throws an `Error` with every problem, told by name. `folder` is what paths of files start from. */
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
