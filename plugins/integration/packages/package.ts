import type { Organization } from '../organizations/organization.ts';
import type { PackagedProduct } from '../products/mint-product-view.ts';

/** A bundle of products that are sold together. */
export interface Package {
  organization: string;
  /** The name in lower case. */
  id: string;
  name: string;
  displayName: string;
  description: string;
  status: string;
  products: readonly PackagedProduct[];
  /** Microseconds. */
  createdAt: number;
  updatedAt: number;
}

/** A package with the organization that owns it. */
export interface OwnedPackage extends Package {
  owner: Organization;
}
