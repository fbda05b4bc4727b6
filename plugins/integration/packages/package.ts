import type { Organization } from '../organizations/organization.ts';
import type { Product } from '../products/product.ts';

/** A bundle of products that are sold together. */
export interface Package {
  organization: string;
  /** The name in lower case. */
  id: string;
  name: string;
  displayName: string;
  description: string;
  status: string;
  products: readonly Product[];
  /** Microseconds. */
  createdAt: number;
  updatedAt: number;
}

/** A package with the organization that owns it. */
export interface OwnedPackage extends Package {
  owner: Organization;
}
