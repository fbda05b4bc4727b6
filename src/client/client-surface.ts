import type {
  Call,
  CallOptions,
  DataOf,
  ItemOf,
  OperationOf,
  OptionsArgument,
  OwnTarget,
  PathsWithMethod,
} from './call-types.ts';
import type { paths } from './gateway-api.ts';
import type { operationRoutes } from './operation-routes.ts';
import type { ApiKey } from './session.ts';

/** Either an API key, with which the client signs in, or tokens of another place. */
export type ClientCredentials =
  | { readonly credentials: ApiKey; readonly token?: never }
  | { readonly token: string | (() => string | Promise<string>); readonly credentials?: never };

export type ClientOptions<Target extends string = string> = ClientCredentials & {
  /** The gateway's address, such as `https://gateway.example.com`; a path before the API is kept. */
  readonly url: string | URL;
  /** The organization that calls act for, where the credentials cover several. */
  readonly organization?: string;
  /** `X-Target-Server` of every call. Default: the target of the path below `/api`, none for others. */
  readonly target?: Target;
  /** Called with a `Request`. Default: the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** Attempts after the first, where they are safe. Default: 3. */
  readonly retries?: number;
  /** Milliseconds of one attempt. Default: 30,000. */
  readonly timeoutMs?: number;
  /** Milliseconds of a call with all its attempts. Default: 120,000. */
  readonly totalTimeoutMs?: number;
};

export type OperationId = keyof typeof operationRoutes;

type OwnOperation<Id extends OperationId> = OperationOf<
  paths,
  (typeof operationRoutes)[Id]['path'],
  (typeof operationRoutes)[Id]['method']
>;

/** Calls of a gateway, typed by its OpenAPI document. Each throws `HookgateError` unless the response is 2xx. */
export interface Client<Paths extends object = paths, Target extends string = OwnTarget> {
  readonly GET: Call<Paths, 'get', Target>;
  readonly POST: Call<Paths, 'post', Target>;
  readonly PUT: Call<Paths, 'put', Target>;
  readonly PATCH: Call<Paths, 'patch', Target>;
  readonly DELETE: Call<Paths, 'delete', Target>;

  /** Calls an operation of the gateway's own targets by its `operationId`; returns the data. */
  call<Id extends OperationId>(
    operationId: Id,
    ...options: OptionsArgument<CallOptions<OwnOperation<Id>, OwnTarget>>
  ): Promise<DataOf<OwnOperation<Id>>>;

  /** The entries of a list, loaded page by page. */
  pages<Path extends PathsWithMethod<Paths, 'get'>>(
    path: Path,
    ...options: OptionsArgument<CallOptions<OperationOf<Paths, Path, 'get'>, Target>>
  ): AsyncGenerator<ItemOf<DataOf<OperationOf<Paths, Path, 'get'>>>, void, undefined>;

  /** `fetch` of a path of the gateway with credentials and safe retries; the body of the response is not read. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}
