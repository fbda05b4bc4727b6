/** A stored report of usage. */
export interface Transaction {
  id: string;
  /** E-mail address. */
  developer: string;
  /** Empty when none was given. */
  application: string;
  /** Name of the app, if `application` is the id of one that exists. */
  applicationName?: string | undefined;
  product: string;
  batchSize: number;
  /** Decimal texts by the number of the custom attribute. */
  attributes: Readonly<Record<string, string>>;
  /** Microseconds since 1970. */
  createdAt: number;
}

/** From `from` to before `to`, in microseconds since 1970. */
export interface Period {
  from: number;
  to: number;
}

/** Of each list that is given, a transaction must have one. */
export interface TransactionFilter extends Period {
  /** E-mail addresses. */
  developers?: readonly string[] | undefined;
  applications?: readonly string[] | undefined;
  products?: readonly string[] | undefined;
}

/** Subjects of transactions, with the members that answers have. */
export type NamedDeveloper = Record<'email' | 'firstName' | 'lastName' | 'companyName', string>;
export type NamedProduct = Record<'name' | 'displayName', string>;
export type NamedPackage = Record<'id' | 'name' | 'displayName' | 'description' | 'status', string>;
