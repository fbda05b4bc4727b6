import type { MeteredUse } from '../plugin.ts';

/** One use of a product by one caller. */
export type Use = Omit<MeteredUse, 'count'>;

type Products = Map<string, number>;
type Applications = Map<string, Products>;
type Developers = Map<string, Applications>;

/** Counts uses. Nested maps instead of joined keys: names come from callers and may contain any separator. */
export class Tally {
  readonly #limit: number;
  #organizations = new Map<string, Developers>();
  #size = 0;

  /** `limit`: most distinct uses. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Returns false if the limit is reached and this use is not among the counted ones. */
  add({ organization, developer, application, product }: Use): boolean {
    const known = this.#organizations.get(organization)?.get(developer)?.get(application);
    const count = known?.get(product);
    if (known !== undefined && count !== undefined) {
      known.set(product, count + 1);
      return true;
    }
    if (this.#size === this.#limit) return false;
    this.#size += 1;
    const developers = inner<Developers>(this.#organizations, organization);
    inner<Products>(inner<Applications>(developers, developer), application).set(product, 1);
    return true;
  }

  /** Returns all counts and resets the tally. */
  take(): MeteredUse[] {
    const uses: MeteredUse[] = [];
    for (const [organization, developers] of this.#organizations)
      for (const [developer, applications] of developers)
        for (const [application, products] of applications)
          for (const [product, count] of products) uses.push({ organization, developer, application, product, count });
    this.#organizations = new Map();
    this.#size = 0;
    return uses;
  }
}

function inner<Inner extends Map<string, unknown>>(outer: Map<string, Inner>, key: string): Inner {
  const known = outer.get(key);
  if (known) return known;
  const made = new Map() as Inner;
  outer.set(key, made);
  return made;
}
