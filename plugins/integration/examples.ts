/**
 * Names and ids of the documentation's examples. Its calls work in the order of the routes: each finds what the earlier ones
 * have created.
 */
export const organizationExample = 'myorg';
export const nodeExample = 'e40efce4-38a3-46c4-a202-e8db95d0409c';
export const distributorExample = '39e8003c-6342-4fd3-97a1-3f2a7b437d0a';
export const eventTypeExample = 'order.filled';
export const deliveryExample = '01a1ff64-1fef-712c-a665-f77e057a638e';
/** The event of the delivery. */
export const eventExample = '01a1ff64-1fee-7a31-8b52-0d6c9e4f1a27';
export const developerExample = 'ntesla@example.com';
export const developerIdExample = '0198c59f-2c47-7f05-8e0b-9a1f6f3f4d20';
export const applicationExample = 'weather-app';
export const productExample = 'weather';
export const packageExample = 'location';
export const planExample = 'location_adjustable_plan';
export const webhookExample = '0a07eb1f-f485-4539-8beb-01be449699b3';
/** A delivery to the webhook. */
export const itemExample = '01a2013c-8f6e-7d2b-9c40-5b1e8a7f3d20';
