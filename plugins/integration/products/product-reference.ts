/**
 * The name of a product by an id of this API family, which is the name itself or `<organization>@@@<name>`. An id of another
 * organization stays as it is, and no product has it.
 */
export const productNameOf = (organization: string, id: string): string => {
  const prefix = `${organization}@@@`;
  return id.startsWith(prefix) ? id.slice(prefix.length) : id;
};
