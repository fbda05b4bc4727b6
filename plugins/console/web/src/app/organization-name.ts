const validName = /^(?!\s)[^\p{Cc}/\\]{1,100}(?<!\s)$/u;
const otherNames = new Set(['*', '.', '..']);

/** Whether the API takes it as the name of an organization, in paths too. */
export const isOrganizationName = (name: string): boolean =>
  name.isWellFormed() && validName.test(name) && !otherNames.has(name);
