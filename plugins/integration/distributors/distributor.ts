/** What the dispatcher calls distributors. */
export const distributorKind = 'distributor';

/** The methods that a callback may use; on the wire they are numbers or names (1 = GET). */
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

/** Where and how a node's events are delivered. */
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
  /** Microseconds since 1970. */
  createdAt: number;
  updatedAt: number;
}

/** Stands for a stored password or token, in answers and when sent back. */
export const mask = '********';
