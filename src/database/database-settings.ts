import { readFileSync } from 'node:fs';
import Joi from 'joi';
import { contradicts, readUrlOptions, type SslLevel, sslLevels, type UrlOptions } from './database-url.ts';

interface Settings {
  DATABASE_URL?: string;
  DATABASE_SSL?: SslLevel;
  DATABASE_SSL_CA?: string;
}

export const isServer = (databaseUrl: string | undefined): boolean => databaseUrl?.startsWith('mysql:') ?? false;

export function isDecodable(part: string): boolean {
  try {
    return decodeURIComponent(part) !== undefined;
  } catch {
    return false;
  }
}

/** A name or an address. An address whose password has a raw `/`, `?` or `#` has parts of the password elsewhere. */
export const isHost = (host: string): boolean => /^([\w.-]+|\[[0-9a-f:.]+\])$/i.test(host);

function isServerUrl({ hostname, pathname, search, hash, username, password }: URL): boolean {
  const isSplitRight = isHost(hostname) && /^\/[^/]+$/.test(pathname) && !`${pathname}${search}${hash}`.includes('@');
  return isSplitRight && [pathname, username, password].every(isDecodable);
}

const expectedUrl =
  'must be sqlite:<file> or mysql://user:password@host:port/database; characters such as @ : / ? # % and spaces in user and password are percent-encoded (%40 for @)';

/** `DATABASE_URL`; its parameters are checked, and kept in the text. */
export const databaseUrl = Joi.any().custom((text: string, helpers) => {
  if (/^sqlite:(?!\w+:\/\/).+/.test(text)) return text;
  if (!isServer(text) || !URL.canParse(text) || !isServerUrl(new URL(text)))
    return helpers.message({ custom: expectedUrl });
  const { problems, caFile } = urlOptions(text);
  if (problems.length > 0) return helpers.message({ custom: problems.join('; ') });
  try {
    if (caFile !== undefined) readFileSync(caFile);
    return text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return helpers.message({ custom: `names a file of authorities that cannot be read (${code})` });
  }
});

const urlOptions = (text: string | undefined): UrlOptions =>
  text !== undefined && isServer(text) && URL.canParse(text) ? readUrlOptions(new URL(text)) : { problems: [] };

export const databaseSsl: Joi.CustomValidator<SslLevel> = (level, helpers) => {
  if (!sslLevels.includes(level)) return helpers.message({ custom: `must be one of ${sslLevels.join(', ')}` });
  const { DATABASE_URL } = helpers.state.ancestors[0] as Settings;
  if (!contradicts(level, urlOptions(DATABASE_URL))) return level;
  return helpers.message({ custom: 'contradicts the parameters of DATABASE_URL: set one of the two' });
};

export const databaseSslCa: Joi.CustomValidator<string> = (path, helpers) => {
  const { ca, caFile } = urlOptions((helpers.state.ancestors[0] as Settings).DATABASE_URL);
  if (ca === undefined && caFile === undefined) return readFileSync(path, 'utf8');
  return helpers.message({ custom: 'contradicts the parameters of DATABASE_URL: set one of the two' });
};

/** Fills settings about encryption that are not set from the parameters of `DATABASE_URL`. */
export const withUrlOptions: Joi.CustomValidator<Settings> = (config, { original }) => {
  const { ssl, ca, caFile } = urlOptions(config.DATABASE_URL);
  const authorities = caFile === undefined ? ca : readFileSync(caFile, 'utf8');
  return {
    ...config,
    ...(ssl !== undefined && original.DATABASE_SSL === undefined ? { DATABASE_SSL: ssl } : {}),
    ...(authorities === undefined ? {} : { DATABASE_SSL_CA: authorities }),
  };
};
