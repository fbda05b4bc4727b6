import Joi from 'joi';
import { definePlugin, defineRoute } from '../../src/plugin.ts';

const answers = { 200: { description: 'The parsed request.' } };

/** A target without tables that answers with the request as it arrived. */
export const echo = definePlugin({
  name: 'echo',
  apiVersion: 1,
  prefixes: ['/echo'],
  setup: () => ({
    routes: [
      defineRoute({
        method: 'POST',
        path: '/echo',
        summary: 'Echo any body',
        body: Joi.object().unknown(),
        answers,
        handler: (req, res) => res.json({ body: req.body }),
      }),
      defineRoute({
        method: 'GET',
        path: '/echo',
        summary: "Read the caller's principal",
        answers,
        handler: (req, res) =>
          res.json({ subject: req.principal?.subject, organization: req.organization, issuer: req.principal?.issuer }),
      }),
      defineRoute({
        method: 'GET',
        path: '/echo/words/:word',
        summary: 'Echo a word',
        params: Joi.object({ word: Joi.string().required() }),
        answers,
        handler: (req, res) => res.json({ params: req.params }),
      }),
      defineRoute({
        method: 'GET',
        path: '/echo/open',
        summary: 'Everybody',
        public: true,
        answers,
        handler: (req, res) => res.json({ principal: req.principal?.subject ?? null }),
      }),
      defineRoute({
        method: 'GET',
        path: '/echo/guarded',
        summary: 'Require two scopes',
        scopes: ['echo:read', 'echo:special'],
        answers,
        handler: (_req, res) => res.json({ isAllowed: true }),
      }),
    ],
  }),
});
