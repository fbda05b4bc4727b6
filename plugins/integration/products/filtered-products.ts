import type { Knex } from '../../../src/plugin.ts';
import { bytesOf, readAnswer } from '../apigee/answer-size.ts';
import { keyPartOf } from '../apigee/apigee-keys.ts';
import { type Listed, rowsAtOnce } from '../apigee/apigee-lists.ts';
import type { Product } from './product.ts';
import { createProductRepository } from './product-repository.ts';
import type { ProductListQuery } from './product-schemas.ts';

/** Whether the list has only the products with an attribute. */
export const isFiltered = ({ attributename = '' }: ProductListQuery): boolean => attributename !== '';

/** The wanted part of the products with an attribute, in the order of their names, and the number of all of them. */
export const listFiltered = (db: Knex, organization: string, wanted: ProductListQuery): Promise<Listed<Product>> =>
  readAnswer(organization, async (size) => {
    const items: Product[] = [];
    const isInside = partOf(wanted);
    let total = 0;
    for await (const product of withAttribute(db, organization, wanted)) {
      total += 1;
      if (!isInside(product.name)) continue;
      const { attributes, kept } = product;
      size.count(bytesOf({ ...product, attributes: JSON.stringify(attributes), kept: JSON.stringify(kept) }));
      await size.turn();
      items.push(product);
    }
    return { items, total };
  });

/** The names alone. Reading ends with the wanted part. */
export async function namesFiltered(db: Knex, organization: string, wanted: ProductListQuery): Promise<string[]> {
  const names: string[] = [];
  const isInside = partOf(wanted);
  for await (const { name } of withAttribute(db, organization, wanted)) {
    if (isInside(name)) names.push(name);
    if (names.length === keyPartOf(wanted)?.limit) break;
  }
  return names;
}

/** Says of one name after the other whether it is in the wanted part. */
function partOf(wanted: ProductListQuery): (name: string) => boolean {
  const { limit, offset } = keyPartOf(wanted) ?? { limit: Number.POSITIVE_INFINITY, offset: 0 };
  const start = Buffer.from(wanted.startKey ?? '');
  let passed = 0;
  return (name) => {
    if (Buffer.compare(Buffer.from(name), start) < 0) return false;
    passed += 1;
    return passed > offset && passed <= offset + limit;
  };
}

/** No index has attributes: all products are read, some at a time. */
async function* withAttribute(
  db: Knex,
  organization: string,
  { attributename, attributevalue }: ProductListQuery,
): AsyncGenerator<Product> {
  const products = createProductRepository(db);
  let read: Product[] = [];
  do {
    read = await products.after(organization, read.at(-1)?.name ?? '', rowsAtOnce);
    for (const product of read)
      if (
        product.attributes.some(
          ({ name, value }) => name === attributename && (attributevalue === undefined || value === attributevalue),
        )
      )
        yield product;
  } while (read.length === rowsAtOnce);
}
