import type { ClientOptions } from './client-surface.ts';
import { invalidArgument } from './hookgate-error.ts';

const printable = /^[\x20-\x7e]+$/;

/** Throws `INVALID_ARGUMENT` for options that TypeScript would refuse: callers in JavaScript have no types. */
export function checkOptions(options: ClientOptions): void {
  if (typeof options !== 'object' || options === null)
    throw invalidArgument('createClient needs an object of options.');
  const { credentials, token, organization, target, fetch } = options;
  if ((credentials === undefined) === (token === undefined))
    throw invalidArgument('Either credentials or token is required.');
  if (token === undefined && !(isText(credentials?.api_key) && isText(credentials.secret_key)))
    throw invalidArgument('credentials needs the texts api_key and secret_key.');
  if (credentials === undefined && !isText(token) && typeof token !== 'function')
    throw invalidArgument('token is neither text nor a function.');
  for (const [name, value] of Object.entries({ organization, target }))
    if (value !== undefined && !(isText(value) && printable.test(value)))
      throw invalidArgument(`${name} is not printable ASCII.`);
  for (const name of ['retries', 'timeoutMs', 'totalTimeoutMs'] as const) {
    const value: unknown = options[name];
    if (value !== undefined && !(typeof value === 'number' && value >= 0))
      throw invalidArgument(`${name} is not a number from 0.`);
  }
  if (fetch !== undefined && typeof fetch !== 'function') throw invalidArgument('fetch is not a function.');
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
