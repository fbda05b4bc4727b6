import type { Plugin } from '../../../src/plugin.ts';

/** The plugin of the package, with the copies of Joi and Express that it brings. */
export function createNotes(parts: { Joi: unknown; Router: unknown; name?: string }): Plugin;
