import { documentHeaders } from './document-headers.ts';

/** The schema of the gateway's own errors. No list of codes: clients would refuse the codes of a later version. */
export const ownSchemas = {
  ApiError: {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message', 'details', 'request_id'],
        properties: {
          code: {
            type: 'string',
            description: 'Stable; programs decide by it. More codes may follow: treat an unknown one like its status.',
          },
          message: { type: 'string', description: 'For people; it may change.' },
          details: {
            type: 'object',
            additionalProperties: true,
            description: 'Depends on the code, and is empty for most.',
          },
          request_id: {
            type: ['string', 'null'],
            description: 'The `X-Request-Id` of the response; null if the request was not readable as HTTP.',
          },
        },
      },
    },
  },
};

/** Components of the gateway itself; a document has the ones that it uses. */
export const ownComponents = {
  securitySchemes: {
    bearer: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'An access token of the gateway, or of the outside identity provider.',
    },
    basic: {
      type: 'http',
      scheme: 'basic',
      description: 'User name: the e-mail address or the API key. Password: the secret key.',
    },
  },
  parameters: {
    IdempotencyKey: {
      name: 'Idempotency-Key',
      in: 'header',
      description:
        'Makes a retry safe: the same key and body within 24 hours return the first response without a second effect.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    },
    IfMatch: {
      name: 'If-Match',
      in: 'header',
      description:
        'Makes the change only if the resource still has one of these `ETag`s, separated by commas; `*` stands for any. Else 412.',
      schema: { type: 'string' },
    },
    IfNoneMatch: {
      name: 'If-None-Match',
      in: 'header',
      description:
        '`ETag`s that the caller knows, separated by commas: a resource that still has one is answered by 304.',
      schema: { type: 'string' },
    },
    Organization: {
      name: 'X-Organization',
      in: 'header',
      description: 'The organization that the call acts for, where the credentials cover several.',
      schema: { type: 'string' },
    },
    OrganizationOrAll: {
      name: 'X-Organization',
      in: 'header',
      description:
        'The organization that the call acts for, where the credentials cover several. With credentials for all organizations, `*` reads across them.',
      schema: { type: 'string' },
    },
  },
  headers: documentHeaders,
};
