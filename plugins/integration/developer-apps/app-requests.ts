import type { Approval } from './app.ts';
import type { AppPlace } from './app-look-up.ts';
import type { AppParams } from './app-schemas.ts';

/** The app that the path of a request names. */
export const appPlaceOf = (req: { organization: string; params: AppParams }): AppPlace => ({
  organization: req.organization,
  developer: req.params.email,
  app: req.params.app_name,
});

/** The status that the query parameter `action` sets. */
export const toStatus = (action: 'approve' | 'revoke'): Approval => (action === 'approve' ? 'approved' : 'revoked');
