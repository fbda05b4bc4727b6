import type { Route } from '../../src/plugin.ts';

/** Headings of the documentation. */
export const tags = {
  Distributors: 'Where the events of a node are delivered: addresses, credentials and signing secrets.',
  Events: 'Events for all distributors that subscribe to their type, for those of a node, or for one distributor.',
  'Event types': 'The catalogue of event types: descriptions, examples, and schemas that events are checked against.',
  Deliveries:
    'The log of deliveries, single ones to cancel or to send again, jobs that send many again, and the backlog.',
  Statistics: 'Counts of deliveries over time, and the state of endpoints.',
  Organizations: 'The organizations of the gateway, and what they store about themselves.',
  'Portal links': 'Links that open the console for one organization, without other credentials.',
  Developers: 'The people who call products, and to whom rate plans are sold.',
  'Developer apps': 'Apps of developers with their consumer keys, which authenticate no call of this gateway.',
  Products: 'The products that packages bundle and that usage is counted for.',
  Packages: 'Bundles of products, to which rate plans belong.',
  'Rate plans': 'Terms of a package. An adjustable notification plan has a quota target for each developer.',
  Subscriptions: 'Developers on rate plans, with their quota targets.',
  Webhooks: 'Addresses that notifications are sent to, their signing secrets and test calls.',
  Conditions: 'Notification conditions: the percentages of a quota target at which webhooks are called.',
  Usage: 'Reports of usage, which count for subscriptions and cross thresholds, and the thresholds that have fired.',
  Notifications: 'The log of notifications that were sent to webhooks.',
} as const satisfies Record<string, string>;

/** The routes, under a heading. */
export const tagged = (tag: keyof typeof tags, routes: readonly Route[]): Route[] =>
  routes.map((route) => ({ ...route, tag }));
