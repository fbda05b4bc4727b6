import { type AddressRefusal, addressRefusal } from '../../endpoints/address-refusal.ts';

/** Why the gateway refused a webhook, and the field that it is about. */
export type WebhookRefusal =
  | { readonly field: 'name'; readonly kind: 'taken' }
  | ({ readonly field: 'postUrl' } & AddressRefusal)
  /** `reason` is in the gateway's own words. */
  | { readonly field: 'name' | 'postUrl'; readonly kind: 'other'; readonly reason: string };

/** Undefined for errors that are about no field. `fields`: messages of a validation error by field. */
export function webhookRefusal(
  { code, message }: { readonly code: string; readonly message: string },
  fields: ReadonlyMap<string, string>,
): WebhookRefusal | undefined {
  if (code === 'mint.webhookNameAlreadyExists') return { field: 'name', kind: 'taken' };
  if (code === 'mint.webhookPostUrlRefused') return { field: 'postUrl', ...addressRefusal(message) };
  const name = fields.get('name');
  if (name !== undefined) return { field: 'name', kind: 'other', reason: name };
  const postUrl = fields.get('postUrl') ?? fields.get('postURL');
  return postUrl === undefined ? undefined : { field: 'postUrl', kind: 'other', reason: postUrl };
}

/** Whether the gateway takes it as an address of a webhook: http or https, without user info and fragment. */
export const isWebhookUrl = (text: string): boolean =>
  /^https?:\/\/[^\s\\/?#@]+(?:[/?][^\s\\#]*)?$/iu.test(text) && URL.canParse(text);
