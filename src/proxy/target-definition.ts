import { readFileSync } from 'node:fs';
import { validateHeaderValue } from 'node:http';
import { resolve } from 'node:path';
import Joi from 'joi';

/** A backend behind the gateway, as `targets.yaml` or a plugin declares it; what is left out has the default that is named. */
export interface RemoteTargetDefinition {
  /** Origins, for instance `http://127.0.0.1:9001`. Calls go to the one with the fewest under way. */
  readonly upstreams: readonly string[];
  /** Paths that lead here without `X-Target-Server`. Default: none. */
  readonly prefixes?: readonly string[];
  /** Taken off the path; a path outside it is 404. Default: nothing. */
  readonly stripPrefix?: string;
  /** Put before what is left of the path. Default: nothing. */
  readonly addPrefix?: string;
  /** Scopes that callers need. Default: none. */
  readonly scopes?: readonly string[];
  /** No credentials are asked for, and `Authorization` passes untouched. Default: false. */
  readonly public?: boolean;
  /** The backend gets the caller's `Authorization`. Default: false. */
  readonly forwardAuthorization?: boolean;
  /** The backend gets the caller's `Host` in place of its own. Default: false. */
  readonly preserveHost?: boolean;
  /** Larger request bodies are 413; 0, the default, is no limit. */
  readonly maxBodyBytes?: number;
  readonly timeouts?: Partial<Timeouts>;
  /** Calls a minute by one principal (of a public target: from one address); 0, the default, is no limit. */
  readonly rateLimitPerMinute?: number;
  /** Default: upstreams are judged by their answers to calls alone. */
  readonly healthCheck?: { readonly path: string; readonly intervalMs?: number };
  readonly breaker?: Partial<BreakerSettings>;
  readonly websocket?: Partial<WebSocketSettings>;
  /** `ca`: a file with the certificates that vouch for the upstreams, in PEM. Default: the system's. */
  readonly tls?: { readonly ca: string };
  /** `remove` takes request headers away, `set` puts its own in. */
  readonly headers?: { readonly set?: Readonly<Record<string, string>>; readonly remove?: readonly string[] };
  /** Every successful answer counts as one use of this product. Default: nothing is counted. */
  readonly metering?: { readonly product: string };
}

export interface Timeouts {
  /** Until a connection is there. Default 3,000. */
  readonly connectMs: number;
  /** From the end of the request to the head of the answer. Default 30,000. */
  readonly headersMs: number;
  /** Without a byte in either direction. Default 60,000. */
  readonly idleMs: number;
  /** The whole call; 0, the default, is no limit. */
  readonly totalMs: number;
}

export interface BreakerSettings {
  /** So many failures in a row open it. Default 5. */
  readonly failures: number;
  /** After so long one call tries again. Default 10,000. */
  readonly openMs: number;
}

export type TokenPlace = 'header' | 'subprotocol' | 'query';

export interface WebSocketSettings {
  /** Default: false. */
  readonly enabled: boolean;
  /** Pages that may connect; without an entry none may. Clients that are no browsers send no `Origin`. */
  readonly origins: readonly string[];
  /** Where the token may be. Default: the header alone. */
  readonly tokenFrom: readonly TokenPlace[];
}

/** A definition that has been checked, with every default in its place. */
export interface RemoteTargetSettings {
  readonly name: string;
  readonly upstreams: readonly string[];
  readonly prefixes: readonly string[];
  readonly stripPrefix: string;
  readonly addPrefix: string;
  readonly scopes: readonly string[];
  readonly public: boolean;
  readonly forwardAuthorization: boolean;
  readonly preserveHost: boolean;
  readonly maxBodyBytes: number;
  readonly timeouts: Timeouts;
  readonly rateLimitPerMinute: number;
  readonly healthCheck?: { readonly path: string; readonly intervalMs: number };
  readonly breaker: BreakerSettings;
  readonly websocket: WebSocketSettings;
  /** `ca` is the text of the file. */
  readonly tls?: { readonly ca: string };
  readonly headers: { readonly set: Readonly<Record<string, string>>; readonly remove: readonly string[] };
  readonly metering?: { readonly product: string };
}

const targetName = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const pathPrefix = Joi.string().pattern(
  /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))(?:\/[\w.~!$&'()*+,;=:@-]+)+$/,
  'a path such as /api/v1, without a slash at its end',
);
const milliseconds = (fallback: number, least: number): Joi.NumberSchema =>
  Joi.number().integer().min(least).max(2_147_483_647).default(fallback);
const headerName = Joi.string().pattern(/^[\w!#$%&'*+.^`|~-]+$/, 'a header name');

/** Joi's own would quote what was given, which may be a secret. */
const messages: Joi.LanguageMessages = {
  'string.pattern.name': '{{#label}} must be {{#name}}',
  'string.pattern.invert.name': '{{#label}} must not be {{#name}}',
};

/** Our own framing would be at stake. */
const untouchable =
  /^(?:connection|content-length|expect|host|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i;

const settableName = headerName.pattern(untouchable, { invert: true, name: 'a header that frames the message' });

const headerValue = Joi.string()
  .allow('')
  .custom((value: string) => {
    validateHeaderValue('value', value);
    return value;
  })
  .messages({ 'any.custom': '{{#label}} is no header value' });

const origin = Joi.string()
  .custom((text: string, helpers) => {
    const url = URL.parse(text);
    const isOrigin = url !== null && /^https?:$/.test(url.protocol) && [text, `${text}/`].includes(`${url.origin}/`);
    return isOrigin
      ? url.origin
      : helpers.message({ custom: '{{#label}} must be an origin such as http://127.0.0.1:9001' });
  })
  .description('An origin: scheme, host and port.');

const pageOrigin = Joi.string().custom((text: string, helpers) =>
  URL.parse(text)?.origin === text
    ? text
    : helpers.message({ custom: '{{#label}} must be an origin such as https://app.example.com' }),
);

const certificates = Joi.string().custom((file: string, helpers) => {
  try {
    return readFileSync(resolve(String(helpers.prefs.context?.folder ?? '.'), file), 'utf8');
  } catch (error) {
    return helpers.message({ custom: `{{#label}} cannot be read (${(error as NodeJS.ErrnoException).code})` });
  }
});

/** A group of settings that is there, with its defaults, even when none of it is given. */
const group = (keys: Joi.SchemaMap): Joi.ObjectSchema => {
  const schema = Joi.object(keys);
  return schema.default(() => schema.validate({}).value);
};

/** One target, as in `targets.yaml`. */
export const targetSchema = Joi.object({
  upstreams: Joi.array().items(origin).min(1).unique().required(),
  prefixes: Joi.array().items(pathPrefix).unique().default([]),
  stripPrefix: pathPrefix.default(''),
  addPrefix: pathPrefix.default(''),
  scopes: Joi.array()
    .items(Joi.string().pattern(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'a scope'))
    .unique()
    .default([]),
  public: Joi.boolean().default(false),
  forwardAuthorization: Joi.boolean().default(false),
  preserveHost: Joi.boolean().default(false),
  maxBodyBytes: Joi.number().integer().min(0).default(0),
  timeouts: group({
    connectMs: milliseconds(3000, 1),
    headersMs: milliseconds(30_000, 1),
    idleMs: milliseconds(60_000, 1),
    totalMs: milliseconds(0, 0),
  }),
  rateLimitPerMinute: Joi.number().integer().min(0).default(0),
  healthCheck: Joi.object({
    path: Joi.string()
      .pattern(/^\/[\x21-\x22\x24-\x7e]*$/, 'a path')
      .required(),
    intervalMs: milliseconds(5000, 100),
  }),
  breaker: group({
    failures: Joi.number().integer().min(1).max(1_000_000).default(5),
    openMs: milliseconds(10_000, 1),
  }),
  websocket: group({
    enabled: Joi.boolean().default(false),
    origins: Joi.array().items(pageOrigin).unique().default([]),
    tokenFrom: Joi.array()
      .items(Joi.valid('header', 'subprotocol', 'query'))
      .min(1)
      .unique()
      .default(['header']),
  }),
  tls: Joi.object({ ca: certificates.required() }),
  headers: group({
    set: Joi.object().pattern(settableName, headerValue).default({}),
    remove: Joi.array().items(settableName).unique().default([]),
  }),
  metering: Joi.object({ product: Joi.string().max(190).required() }),
});

/** Names of targets and what they are. */
export const targetsSchema = Joi.object({
  targets: Joi.object().pattern(targetName, targetSchema.required()).required(),
})
  .required()
  .label('the file');

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
