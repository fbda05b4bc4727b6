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

export interface PackagedProduct {
  name: string;
  displayName: string;
}
