import type { Schema } from '../../joi-schema.ts';

/** Whether a call must have a body: the schema is `required()`. Without one, other schemas validate `{}`. */
export const isRequiredBody = (body: Schema): boolean => body.validate(undefined).error !== undefined;
