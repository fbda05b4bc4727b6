import type { Clock, Database, Encryption } from '../../src/plugin.ts';
import type { OrganizationLimits } from './limits/organization-limits.ts';

/** Collaborators of the services of the catalog. */
export interface CatalogParts {
  database: Database;
  limits: OrganizationLimits;
  now: Clock;
}

/** The same, for services with secrets. */
export interface SecretCatalogParts extends CatalogParts {
  encryption: Encryption;
}
