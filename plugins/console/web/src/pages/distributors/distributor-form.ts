import type { Distributor, DistributorInput } from '../../api/distributors.ts';

export type AuthenticationType = 'none' | 'basic' | 'token';

/** The form of a distributor: one address in place of host and path. */
export interface DistributorForm {
  node: string;
  url: string;
  method: NonNullable<DistributorInput['meta']>['method'];
  authentication: AuthenticationType;
  username: string;
  password: string;
  token: string;
}

/** The gateway shows stored secrets in this way, and keeps them when they are sent back so. */
export const masked = '********';

const typeNames: Readonly<Record<number, AuthenticationType>> = { 1: 'basic', 2: 'token' };

/** The fields of a known distributor, or of a new one for `node`. */
export function toForm(distributor: Distributor | undefined, node: string): DistributorForm {
  const meta = distributor?.meta;
  const authentication = meta?.authentication;
  return {
    node: distributor?.node_id ?? node,
    url: meta ? meta.host + meta.path : '',
    method: meta?.method ?? 'POST',
    authentication: (authentication && typeNames[authentication.type]) ?? 'none',
    username: authentication?.username ?? '',
    password: authentication?.password ?? '',
    token: authentication?.token ?? '',
  };
}

/** An address split as the API takes it; the path is kept as it was typed. Undefined if it is none. */
export function splitUrl(text: string): { host: string; path: string } | undefined {
  const { host, path = '' } = /^(?<host>https?:\/\/[^\s\\/?#@]+)(?<path>\/[^\s\\#]*)?$/iu.exec(text)?.groups ?? {};
  return host !== undefined && URL.canParse(text) ? { host, path: path || '/' } : undefined;
}

/** A form whose address is valid as the body of a call; without an address nothing is sent to the distributor. */
export function toInput({ url, method, authentication, username, password, token }: DistributorForm): DistributorInput {
  const parts = splitUrl(url.trim());
  if (!parts) return { meta: null };
  if (authentication === 'basic')
    return { meta: { ...parts, method, authentication: { type: 1, username, password } } };
  if (authentication === 'token') return { meta: { ...parts, method, authentication: { type: 2, token } } };
  return { meta: { ...parts, method } };
}

export const isUuid = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu.test(text);

/** The field of the form that a refusal of the API is about. */
export function fieldOf(path: string): keyof DistributorForm | undefined {
  const names: Readonly<Record<string, keyof DistributorForm>> = {
    node_id: 'node',
    'meta.host': 'url',
    'meta.path': 'url',
    'meta.method': 'method',
    'meta.authentication': 'authentication',
    'meta.authentication.type': 'authentication',
    'meta.authentication.username': 'username',
    'meta.authentication.password': 'password',
    'meta.authentication.token': 'token',
  };
  return names[path];
}
