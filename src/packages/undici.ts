import { createRequire } from 'node:module';
import type {
  buildConnector as buildConnectorType,
  Client as ClientType,
  errors as errorTypes,
  Pool as PoolType,
} from 'undici';

const require = createRequire(import.meta.url);

// The package's main module also loads fetch, caches, proxies and WebSockets, which would occupy memory unused.
export const Client = require('undici/lib/dispatcher/client.js') as typeof ClientType;
export const Pool = require('undici/lib/dispatcher/pool.js') as typeof PoolType;
export const buildConnector = require('undici/lib/core/connect.js') as typeof buildConnectorType;
export const errors = require('undici/lib/core/errors.js') as typeof errorTypes;
