import type { Encryption } from '../../../src/plugin.ts';
import { type DeliverySettings, defaultSettings } from './delivery-settings.ts';

/** The settings as stored, in the endpoint's row. Both null: the defaults, never changed. */
export interface DeliveryColumns {
  /** JSON, without the headers. */
  delivery_settings: string | null;
  /** Encrypted JSON. */
  delivery_headers: string | null;
}

export const encryptedDeliveryColumns = ['delivery_headers'] as const satisfies (keyof DeliveryColumns)[];

/** Settings and the number of their changes, for entity tags: answers mask the values of headers. */
export interface StoredSettings {
  readonly settings: DeliverySettings;
  readonly revision: number;
}

/** The row that the headers belong to, and the origin of its endpoint: headers are not sent to any other one. */
export interface HeaderOwner {
  readonly row: readonly [table: string, id: string, organization: string];
  /** Undefined for an endpoint without an address, which has no headers. */
  origin(): string | undefined;
}

interface StoredHeaders {
  origin: string;
  headers: Record<string, string>;
}

const unchanged: StoredSettings = Object.freeze({ settings: defaultSettings, revision: 0 });

/** Reads the settings of a row; a text that does not name its origin as the owner's has no headers. */
export function fromDeliveryColumns(
  columns: DeliveryColumns,
  encryption: Encryption,
  owner: HeaderOwner,
): StoredSettings {
  if (columns.delivery_settings === null && columns.delivery_headers === null) return unchanged;
  const { revision = 0, ...settings } = JSON.parse(columns.delivery_settings ?? '{}') as Partial<
    DeliverySettings & { revision: number }
  >;
  const headers = headersOf(columns.delivery_headers, encryption, owner);
  return { settings: { ...defaultSettings, ...settings, headers }, revision };
}

function headersOf(sealed: string | null, encryption: Encryption, owner: HeaderOwner): Record<string, string> {
  if (sealed === null) return {};
  const stored = JSON.parse(encryption.decrypt(sealed, owner.row)) as StoredHeaders;
  return stored.origin === owner.origin() ? stored.headers : {};
}

export function toDeliveryColumns(
  { settings: { headers, ...settings }, revision }: StoredSettings,
  encryption: Encryption,
  owner: HeaderOwner,
): DeliveryColumns {
  const origin = Object.keys(headers).length > 0 ? owner.origin() : undefined;
  return {
    delivery_settings: JSON.stringify({ ...settings, revision }),
    delivery_headers: origin === undefined ? null : encryption.encrypt(JSON.stringify({ origin, headers }), owner.row),
  };
}

/** Whether deliveries keep the order of acceptance, read from the column alone. */
export const isOrdered = ({ delivery_settings: text }: Pick<DeliveryColumns, 'delivery_settings'>): boolean =>
  text !== null && (JSON.parse(text) as Partial<DeliverySettings>).ordered === true;
