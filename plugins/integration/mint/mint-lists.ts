import Joi from 'joi';

/** Which part of a list is wanted. */
export interface ListQuery {
  all: boolean;
  size: number;
  page: number;
}

const maxSize = 1000;

export const listFields = {
  all: Joi.boolean().default(false).description('Everything, whatever `size` and `page` say.'),
  size: Joi.number().integer().min(1).max(maxSize).default(20),
  page: Joi.number().integer().min(1).max(1_000_000).default(1).description('The first is 1.'),
};

export const listQuery = Joi.object<ListQuery>(listFields);

/** Limit and offset for the database; undefined: everything. */
export const windowOf = ({ all, size, page }: ListQuery): { limit: number; offset: number } | undefined =>
  all ? undefined : { limit: size, offset: (page - 1) * size };
