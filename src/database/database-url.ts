/** Encryption of the connections to a server, from none to certificate and host name checked. */
export const sslLevels = ['off', 'required', 'verify-ca', 'verify'] as const;
export type SslLevel = (typeof sslLevels)[number];

/** Parameters of an address that concern the connections. */
export interface UrlOptions {
  /** Undefined if no parameter is about encryption. */
  ssl?: SslLevel;
  /** File with certificates of authorities. */
  caFile?: string;
  /** The certificates themselves (PEM). */
  ca?: string;
  /** Sentences for the operator, without values. */
  problems: readonly string[];
}

/** A wish about encryption, or the words that refuse a value. */
type Reading = { ssl?: SslLevel; caFile?: string; ca?: string } | string;
type Read = (value: string) => Reading;

const modes: Readonly<Record<string, SslLevel>> = {
  ...{ disabled: 'off', disable: 'off', off: 'off', false: 'off', 0: 'off', none: 'off' },
  // Encryption on a par with the server's wish could be taken away on the way: it is required.
  ...{ preferred: 'required', prefer: 'required', required: 'required', require: 'required', trust: 'required' },
  ...{ on: 'required', true: 'required', 1: 'required' },
  ...{ 'verify-ca': 'verify-ca', 'verify-identity': 'verify', 'verify-full': 'verify' },
};
const modeNames = 'must be DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY';

const mode: Read = (value) => {
  const ssl = modes[value.toLowerCase().replaceAll('_', '-')];
  return ssl === undefined ? modeNames : { ssl };
};

const oneOf =
  (values: Readonly<Record<string, Reading>>): Read =>
  (value) =>
    values[value.toLowerCase()] ?? `must be one of ${Object.keys(values).join(', ')}`;

const flag = (whenTrue: Reading, whenFalse: Reading = {}): Read =>
  oneOf({ true: whenTrue, false: whenFalse, 1: whenTrue, 0: whenFalse });

const objectKeys = 'must be an object with rejectUnauthorized, verifyIdentity, ca or minVersion TLSv1.2';

/** `{"rejectUnauthorized":true}`, the options of a TLS client as text, or a mode. */
const sslObject: Read = (value) => {
  if (!value.startsWith('{')) return mode(value);
  const { rejectUnauthorized = true, verifyIdentity = rejectUnauthorized, ca, minVersion, ...more } = parsed(value);
  if (Object.keys(more).length > 0 || (minVersion !== undefined && minVersion !== 'TLSv1.2')) return objectKeys;
  if (typeof rejectUnauthorized !== 'boolean' || typeof verifyIdentity !== 'boolean') return objectKeys;
  if (ca !== undefined && (typeof ca !== 'string' || !ca.includes('-----BEGIN CERTIFICATE-----'))) return objectKeys;
  if (verifyIdentity && !rejectUnauthorized) return objectKeys;
  const ssl = rejectUnauthorized ? (verifyIdentity ? 'verify' : 'verify-ca') : 'required';
  return ca === undefined ? { ssl } : { ssl, ca };
};

/** An object with an unknown key stands for a text that is no object. */
function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { '': undefined };
  }
}

/** A parameter that says again how the gateway works; another value is refused. */
const given =
  (values: RegExp, otherwise: string): Read =>
  (value) =>
    values.test(value) ? {} : otherwise;
const refused =
  (words: string): Read =>
  () =>
    words;

const utf8 = given(/^utf-?8(mb4)?$/i, 'must be utf8mb4: the gateway uses no other character set');
const utc = given(/^(z|utc|etc\/utc|[+ ]?00:?00)$/i, 'must be UTC: the gateway uses no other time zone');
const always = given(/^(true|1)$/i, 'must be true: the gateway always does so');
const poolSize = refused('is not supported: set DATABASE_POOL_MAX instead');
const timeout = refused('is not supported: remove it, the timeouts are fixed');
const clientCertificate = refused('is not supported: the gateway has no certificate of its own');

/** By the name in lower case without `-` and `_`: drivers spell one parameter in many ways. */
const parameters: Readonly<Record<string, Read>> = {
  sslmode: mode,
  ssl: sslObject,
  usessl: flag({ ssl: 'required' }, { ssl: 'off' }),
  requiressl: flag({ ssl: 'required' }),
  tls: oneOf({
    ...{ true: { ssl: 'verify' }, false: { ssl: 'off' } },
    ...{ 'skip-verify': { ssl: 'required' }, preferred: { ssl: 'required' } },
  }),
  verifyservercertificate: flag({ ssl: 'verify-ca' }),
  sslverifycert: flag({ ssl: 'verify-ca' }),
  sslverifyservercert: flag({ ssl: 'verify' }),
  sslverifyidentity: flag({ ssl: 'verify' }),
  ssldisabled: flag({ ssl: 'off' }),
  sslaccept: oneOf({ strict: { ssl: 'verify' }, accept_invalid_certs: { ssl: 'required' } }),
  sslca: (caFile) => ({ ssl: 'verify-ca', caFile }),
  ...{ sslcert: clientCertificate, sslkey: clientCertificate, sslidentity: clientCertificate },
  ...{ charset: utf8, characterset: utf8, characterencoding: utf8, encoding: utf8, useunicode: always },
  ...{ timezone: utc, servertimezone: utc, connectiontimezone: utc },
  ...{ reconnect: always, autoreconnect: always, allowpublickeyretrieval: always },
  ...{ connectionlimit: poolSize, poolsize: poolSize, maxpoolsize: poolSize, maxconnections: poolSize },
  ...{ connecttimeout: timeout, connectiontimeout: timeout, sockettimeout: timeout, pooltimeout: timeout },
};

/** Reads the parameters of `mysql://…?…`. A parameter that is neither honoured nor without effect is a problem. */
export function readUrlOptions(url: URL): UrlOptions {
  const problems: string[] = [];
  const wishes: Exclude<Reading, string>[] = [];
  for (const [name, value] of url.searchParams) {
    const key = name.toLowerCase().replace(/[-_]/g, '');
    const read = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    const reading = read?.(value) ?? 'is unknown: remove it';
    if (typeof reading === 'string') problems.push(`parameter ${shownName(url, name)} ${reading}`);
    else wishes.push(reading);
  }
  if (url.hash !== '') problems.push('a # is written as %23');
  const levels = wishes.flatMap(({ ssl }) => ssl ?? []);
  const ssl = strictest(levels);
  if (ssl !== undefined && ssl !== 'off' && levels.includes('off'))
    problems.push('its parameters ask for encryption and for none');
  const authorities = wishes.filter(({ ca, caFile }) => ca !== undefined || caFile !== undefined);
  if (authorities.length > 1) problems.push('its parameters name several files of authorities');
  return { ...authorities[0], ...(ssl === undefined ? {} : { ssl }), problems: problems.slice(0, mostProblems) };
}

const mostProblems = 5;

/** A badly encoded password may look like a parameter: only plain names beside a user are repeated. */
const shownName = (url: URL, name: string): string =>
  url.username !== '' && /^[\w.-]{1,40}$/.test(name) ? `"${name}"` : '(hidden)';

const rank = (level: SslLevel): number => sslLevels.indexOf(level);

function strictest(levels: readonly SslLevel[]): SslLevel | undefined {
  return levels.toSorted((one, other) => rank(other) - rank(one))[0];
}

/** Whether `setting` gives less than the address asks for, or encrypts where it asks for none. */
export const contradicts = (setting: SslLevel, { ssl }: UrlOptions): boolean =>
  ssl !== undefined && (ssl === 'off' ? setting !== 'off' : rank(setting) < rank(ssl));
