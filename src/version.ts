import manifest from '../package.json' with { type: 'json' };

/** The version of hookgate, from package.json. */
export const { version } = manifest;

/** `User-Agent` of the requests that the gateway makes on its own: callbacks, health checks, key sets. */
export const userAgent = `hookgate/${version}`;
