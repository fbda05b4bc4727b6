import type { Knex } from '../../../src/plugin.ts';
import { doesNotExist } from '../apigee/apigee-errors.ts';
import { createProductRepository } from './product-repository.ts';

/**
 * The names, each once, of products that exist; no other transaction can delete them until this one ends. Throws
 * `mint.resourceDoesNotExist` about the first that does not.
 */
export async function existingProducts(trx: Knex, organization: string, wanted: readonly string[]): Promise<string[]> {
  const names = [...new Set(wanted)];
  const known = await createProductRepository(trx).findNamesShared(organization, names);
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) throw doesNotExist('Product', unknown);
  return names;
}
