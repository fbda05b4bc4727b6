import type { Principal } from '../../../src/plugin.ts';

/** The organization that a call acts for, and the name of its caller. */
export interface Caller {
  organization: string;
  by: string;
}

const maxName = 254;

/** The organization and the caller's name, for members such as `createdBy` and `updatedBy`. */
export function callerOf(req: { organization: string; principal: Principal | undefined }): Caller {
  const by = req.principal?.email ?? req.principal?.subject ?? '';
  return { organization: req.organization, by: by.slice(0, maxName) };
}
