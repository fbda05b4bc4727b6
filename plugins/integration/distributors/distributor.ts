/** The dispatcher's endpoint kind for distributors. */
export const distributorKind = 'distributor';

/** The endpoint kind for test events: sent to distributors that are turned off too, and never retried. */
export const distributorTestKind = 'distributor-test';

export const distributorKinds: readonly string[] = [distributorKind, distributorTestKind];

/** HTTP methods that a callback may use; the API accepts their numbers (1 = GET) or names. */
export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export type Method = (typeof methods)[number];

export const authenticationTypes = { basic: 1, token: 2 } as const;

export interface BasicAuthentication {
  type: typeof authenticationTypes.basic;
  username: string;
  password: string;
}

export interface TokenAuthentication {
  type: typeof authenticationTypes.token;
  token: string;
}

export type Authentication = BasicAuthentication | TokenAuthentication;

/** The address, method and authentication for a node's events. */
export interface Meta {
  host: string;
  path: string;
  method: Method;
  authentication: Authentication | undefined;
}

export interface Distributor {
  id: string;
  organization: string;
  nodeId: string;
  meta: Meta | undefined;
  /** Deliveries of a disabled distributor are held. */
  enabled: boolean;
  /** Microseconds since 1970. */
  createdAt: number;
  updatedAt: number;
}

/** Scheme, host and port of a distributor's webhook: stored secrets are bound to it. Undefined without a webhook. */
export const originOf = ({ meta }: Pick<Distributor, 'meta'>): string | undefined => meta && new URL(meta.host).origin;

/** Replaces a stored password or token in answers; sent back, it stands for the stored value. */
export const mask = '********';
