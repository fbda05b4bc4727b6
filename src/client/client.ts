import type { Answer, CallOptions, DataOf, ItemOf, OperationOf, OwnTarget } from './call-types.ts';
import type { Client, ClientCredentials, ClientOptions, OperationId } from './client-surface.ts';
import type { paths } from './gateway-api.ts';
import { invalidArgument } from './hookgate-error.ts';
import { operationRoutes } from './operation-routes.ts';
import { entriesOf } from './paging.ts';
import { createTransport, ownTargetOf, type UntypedOptions } from './transport.ts';

export type * from './gateway-api.ts';
export {
  type ClientErrorCode,
  HookgateError,
  type HookgateErrorCode,
  isHookgateError,
} from './hookgate-error.ts';
export type { ApiKey } from './session.ts';
export {
  type VerifiedWebhook,
  type VerifyWebhookOptions,
  verifyWebhook,
  type WebhookHeaders,
} from './verify-webhook.ts';
export type { Answer, CallOptions, Client, ClientCredentials, ClientOptions, DataOf, ItemOf, OperationId, OperationOf };

/** A client of one gateway. Nothing is sent before the first call. Throws `HookgateError` for invalid options. */
export function createClient<Paths extends object = paths, Target extends string = OwnTarget>(
  options: ClientOptions<Target>,
): Client<Paths, Target> {
  const { request, fetch } = createTransport(options);

  const methodOf =
    (method: string) =>
    (path: string, given?: UntypedOptions): Promise<Answer<unknown>> =>
      request(method, path, given);

  async function call(operationId: OperationId, given?: UntypedOptions): Promise<unknown> {
    if (!Object.hasOwn(operationRoutes, operationId)) throw invalidArgument('There is no such operation.');
    const { method, path } = operationRoutes[operationId];
    return (await request(method.toUpperCase(), path, given, ownTargetOf(path))).data;
  }

  function pages(path: string, { params, ...given }: UntypedOptions = {}): AsyncGenerator<unknown> {
    const load = (query: Record<string, unknown>): Promise<Answer<unknown>> =>
      request('GET', path, { ...given, params: { ...params, query } });
    return entriesOf(load, params?.query ?? {});
  }

  const untyped = {
    GET: methodOf('GET'),
    POST: methodOf('POST'),
    PUT: methodOf('PUT'),
    PATCH: methodOf('PATCH'),
    DELETE: methodOf('DELETE'),
    call,
    pages,
    fetch,
  };
  return untyped as unknown as Client<Paths, Target>;
}
