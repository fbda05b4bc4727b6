import {
  type ApiError,
  badFraming,
  badRequest,
  conflict,
  databaseUnavailable,
  forbidden,
  handlerTimeout,
  headersTooLarge,
  internalError,
  issuerUnavailable,
  notFound,
  originRefused,
  overloaded,
  payloadTooLarge,
  preconditionFailed,
  queryTimeout,
  rateLimited,
  requestTimeout,
  storageUnavailable,
  targetUnknown,
  unauthorized,
  unsupportedMediaType,
  validationError,
} from '../../errors.ts';

/** A failure of calls that the gateway itself answers. */
export interface KnownFailure {
  /** Name of its response in the document. */
  readonly name: string;
  readonly description: string;
  /** One error for each code. */
  readonly samples: readonly ApiError[];
}

/** By status. */
export const knownFailures: Readonly<Record<number, KnownFailure>> = {
  400: {
    name: 'BadRequest',
    description: 'The request is malformed, or does not match the schema of the call.',
    samples: [
      validationError([{ path: 'name', message: 'name is required', in: 'body' }]),
      badRequest('MALFORMED_JSON', 'The body is not valid JSON. Position 8 (line 1, column 9).', {
        position: 8,
        line: 1,
        column: 9,
      }),
      badRequest('TARGET_REQUIRED', 'The header X-Target-Server is required.'),
      badRequest('ORGANIZATION_REQUIRED', 'The header X-Organization is required.'),
      badRequest('DUPLICATE_HEADER', 'The header was sent twice.', { header: 'content-type' }),
      badRequest('BAD_REQUEST_TARGET', 'The path is not valid percent-encoded UTF-8.'),
      badFraming('The body ended before it was complete.'),
    ],
  },
  401: { name: 'Unauthorized', description: 'Credentials are missing or invalid.', samples: [unauthorized('')] },
  403: {
    name: 'Forbidden',
    description: 'The credentials lack a scope, or a page of another origin has sent Basic credentials.',
    samples: [forbidden(['integration:read']), originRefused('')],
  },
  404: {
    name: 'NotFound',
    description: 'There is no such resource, organization or target.',
    samples: [notFound('There is no such organization.'), targetUnknown()],
  },
  408: { name: 'RequestTimeout', description: 'The request took too long to arrive.', samples: [requestTimeout('')] },
  409: {
    name: 'Conflict',
    description: 'The `Idempotency-Key` was used with another body, or its first call is still running.',
    samples: [
      conflict('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used with a different body.'),
      conflict('IDEMPOTENCY_KEY_IN_USE', 'The first call with this Idempotency-Key is still running.'),
    ],
  },
  412: {
    name: 'PreconditionFailed',
    description: 'The resource has changed: `If-Match` has not its current `ETag`.',
    samples: [preconditionFailed()],
  },
  413: { name: 'PayloadTooLarge', description: 'The body is too large.', samples: [payloadTooLarge(1_048_576)] },
  415: {
    name: 'UnsupportedMediaType',
    description: 'The body is not uncompressed JSON in UTF-8.',
    samples: [unsupportedMediaType('Compressed bodies are not accepted.')],
  },
  429: { name: 'TooManyRequests', description: 'There were too many requests.', samples: [rateLimited(12)] },
  431: {
    name: 'HeadersTooLarge',
    description: 'The request has too many headers, or they are too large.',
    samples: [headersTooLarge()],
  },
  500: { name: 'InternalError', description: 'The gateway failed.', samples: [internalError()] },
  503: {
    name: 'Unavailable',
    description: 'The gateway, or a part that it needs, cannot serve the call at the moment.',
    samples: [databaseUnavailable(''), storageUnavailable(''), issuerUnavailable(''), overloaded()],
  },
  504: {
    name: 'Timeout',
    description: 'The call took too long.',
    samples: [handlerTimeout(), queryTimeout()],
  },
};
