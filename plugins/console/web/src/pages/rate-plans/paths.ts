/** Addresses of the parts of the page. */
export const paths = {
  plans: '/rate-plans',
  developers: '/rate-plans/developers',
  products: '/rate-plans/products',
  developer: (email: string): string =>
    `/rate-plans/developers/${encodeURI(email).replace(/[?#]/g, encodeURIComponent)}`,
} as const;

/** The address of a developer in a parameter of the router, which decodes all but reserved characters. */
export const emailOf = (parameter: string): string => parameter.replace(/%3F|%23/gi, decodeURIComponent);
