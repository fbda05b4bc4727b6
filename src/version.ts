import manifest from '../package.json' with { type: 'json' };

/** The version of hookgate, from package.json. */
export const { version } = manifest;
