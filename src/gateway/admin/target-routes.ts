import Joi from 'joi';
import { defineRoute, type Route } from '../../plugin.ts';
import type { TargetFigures } from './target-figures.ts';

const upstream = Joi.object({
  origin: Joi.string().required(),
  state: Joi.valid('up', 'down').required().description('Result of the last health checks; `up` without them.'),
  breaker: Joi.valid('closed', 'open', 'half_open').required().description('State of the circuit breaker.'),
  in_flight: Joi.number().integer().required(),
}).meta({ schemaName: 'TargetUpstream' });

const milliseconds = Joi.number().allow(null).required();

const target = Joi.object({
  name: Joi.string().required(),
  kind: Joi.valid('plugin', 'remote').required().description('`plugin`: it runs in the process of the gateway.'),
  summary: Joi.string().allow(null).required(),
  prefixes: Joi.array().items(Joi.string()).required(),
  hosts: Joi.array().items(Joi.string()).required(),
  state: Joi.valid('up', 'degraded', 'down')
    .required()
    .description('`down`: no upstream is up with a closed breaker; `degraded`: some are not.'),
  requests_per_second: Joi.number().required(),
  p50_ms: milliseconds.description(
    'Estimated median of the times from the head of a request to the end of its response.',
  ),
  p99_ms: milliseconds.description('Estimated 99th percentile of the same times.'),
  error_rate: Joi.number()
    .allow(null)
    .required()
    .description('Part of the responses with a status of 500 or above, 0 to 1; null without calls.'),
  upstreams: Joi.array().items(upstream).required(),
}).meta({ schemaName: 'Target' });

const example: TargetFigures = {
  ...{ name: 'shop', kind: 'remote', summary: null, prefixes: [], hosts: [], state: 'up' },
  ...{ requests_per_second: 12.4, p50_ms: 3.2, p99_ms: 41.7, error_rate: 0.002 },
  upstreams: [{ origin: 'http://127.0.0.1:9001', state: 'up', breaker: 'closed', in_flight: 2 }],
};

/** Calls about the targets of the gateway. */
export function createTargetRoutes(parts: { readTargets: () => Promise<readonly TargetFigures[]> }): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/gateway/targets',
      operationId: 'listTargets',
      summary: 'List the targets with their state and their figures of the last minute',
      description:
        'Figures are sums over the processes of this machine. An upstream has the worst state that any of them sees.',
      scopes: ['gateway:admin'],
      organization: 'none',
      answers: {
        200: {
          description: 'All targets, by name.',
          schema: Joi.object({ data: Joi.array().items(target).required() }).meta({ schemaName: 'TargetList' }),
          example: { data: [example] },
        },
      },
      example: {},
      handler: async (_req, res) => {
        res.json({ data: await parts.readTargets() });
      },
    }),
  ];
}
