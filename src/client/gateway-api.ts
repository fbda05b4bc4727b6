// Written by `npm run client` from the OpenAPI document of the included targets. Do not change it by hand.
// Document: 3fc7c33b1cecbb2815db5c9e642afceb38b74b547834ee5bc4c8fb74a7753a69
// Text:     a29daaa7570587e78869771c23bea2a557f176cc4205ee0170f7d2a664d0ae1d

export interface paths {
    "/api/v1/integration/auth/authenticate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with an API key
         * @description Send the key and its secret in the body, or in the headers `Api-Key` and `Api-Secret`.
         */
        post: operations["createAccessToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange a refresh token for a new token pair
         * @description A refresh token works once. Reusing it more than 10 seconds later revokes every refresh token of the same sign-in.
         */
        post: operations["refreshAccessToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Public keys of the issued access tokens
         * @description Public keys of the issued access tokens.
         */
        get: operations["listPublicKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/console/session/methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ways to sign in
         * @description Ways to sign in.
         */
        get: operations["getSignInMethods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/console/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description With the name and secret of an API key, or with the token of a portal link.
         */
        post: operations["createConsoleSession"];
        /**
         * Sign out
         * @description Ends the session of the cookie; its access tokens end within a minute.
         */
        delete: operations["endConsoleSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/console/session/renew": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Renew the session of the cookie
         * @description Works for several tabs at the same moment, and again after an answer that was lost.
         */
        post: operations["renewConsoleSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/console/session/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sign in at the outside identity provider
         * @description For the address bar and links of the console: leads to the identity provider.
         */
        get: operations["startProviderSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/console/session/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Return from the outside identity provider
         * @description The redirect URI of the console at the provider.
         */
        get: operations["finishProviderSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/distributors/nodes/{node_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a node's distributors, newest first
         * @description Scopes: integration:read.
         */
        get: operations["listNodeDistributors"];
        put?: never;
        /**
         * Create a distributor for a node
         * @description Scopes: integration:write.
         */
        post: operations["createDistributor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/distributors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the organization's distributors, newest first
         * @description Scopes: integration:read.
         */
        get: operations["listDistributors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/distributors/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a distributor's signing secret
         * @description Scopes: integration:write.
         */
        get: operations["getDistributorSecret"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/distributors/{id}/secret/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate a distributor's signing secret
         * @description Deliveries are signed with both the old and the new secret for 24 hours. Scopes: integration:write.
         */
        post: operations["rotateDistributorSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/distributors/{id}/delivery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a distributor's delivery settings
         * @description Scopes: integration:read.
         */
        get: operations["getDistributorDelivery"];
        /**
         * Replace a distributor's delivery settings
         * @description Replaces all settings: an omitted field takes its default. A masked header that is sent back keeps the stored value. Headers are bound to scheme, host and port of the endpoint. Disabling a distributor holds its deliveries; enabling it releases them. Scopes: integration:write.
         */
        put: operations["updateDistributorDelivery"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change some of a distributor's delivery settings
         * @description Changes the given settings and keeps all others. Null is the default of a setting. Headers are set one by one, and null removes one. Disabling a distributor holds its deliveries; enabling it releases them. Scopes: integration:write.
         */
        patch: operations["patchDistributorDelivery"];
        trace?: never;
    };
    "/api/v1/integration/event-types/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an event type
         * @description Scopes: integration:read.
         */
        get: operations["getEventType"];
        /**
         * Describe an event type
         * @description Creates the event type, or replaces all of it. With a `schema`, events of the type are checked when they are posted: within two seconds by every process. Scopes: integration:write.
         */
        put: operations["putEventType"];
        post?: never;
        /**
         * Delete an event type from the catalogue
         * @description Events of the type are accepted as before, unchecked. Scopes: integration:write.
         */
        delete: operations["deleteEventType"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/event-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List event types in the order of their names
         * @description Scopes: integration:read.
         */
        get: operations["listEventTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events, newest first
         * @description Events with and without deliveries; notifications and test events too. Scopes: integration:read.
         */
        get: operations["listEvents"];
        put?: never;
        /**
         * Publish an event to all distributors that subscribe to its type
         * @description To the distributors of the organization, or of one node. The event is stored even if there is none. Scopes: integration:write.
         */
        post: operations["publishEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/distributors/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an event to a distributor
         * @description Scopes: integration:write.
         */
        post: operations["sendEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/distributors/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test event to a distributor
         * @description Sends the example of an event type of the catalogue, or an empty `data`: once, now, without retries, and also to a distributor that is turned off. Scopes: integration:write.
         */
        post: operations["sendTestEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/distributors/nodes/{node_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an event to the distributors of a node that subscribe to its type
         * @description Scopes: integration:write.
         */
        post: operations["sendNodeEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an event with its data and deliveries
         * @description Scopes: integration:read.
         */
        get: operations["getEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/events/{id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Redeliver an event
         * @description Sends deliveries of the event again now, under the same ids: the failed ones, all, or the ones to some endpoints; 1,000 at most. Scopes: integration:write.
         */
        post: operations["redeliverEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deliveries, newest first
         * @description Scopes: integration:read.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/deliveries/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count deliveries
         * @description Scopes: integration:read.
         */
        get: operations["countDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/deliveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a delivery with its payload and attempts
         * @description Scopes: integration:read.
         */
        get: operations["getDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/deliveries/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a pending delivery
         * @description Scopes: integration:write.
         */
        post: operations["cancelDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/deliveries/{id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Redeliver a delivery
         * @description Sends the delivery again now, under the same id. Retries start anew. Scopes: integration:write.
         */
        post: operations["redeliverDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/deliveries/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Redeliver many deliveries
         * @description Scopes: integration:write.
         */
        post: operations["createRedeliveryJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/redelivery-jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the progress of a redelivery job
         * @description Scopes: integration:read.
         */
        get: operations["getRedeliveryJob"];
        put?: never;
        post?: never;
        /**
         * Cancel a redelivery job
         * @description Deliveries that the job has already queued are still sent. Scopes: integration:write.
         */
        delete: operations["cancelRedeliveryJob"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/backlog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List endpoints by number of unsettled deliveries
         * @description Scopes: integration:read.
         */
        get: operations["getBacklog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count deliveries over time
         * @description By default the last day by hours. Every step of the range is present; days are those of UTC, `from` is rounded down to a step and `to` up, and there are at most 750 steps. Counts show within seconds. Scopes: integration:read.
         */
        get: operations["getStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/endpoint-statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List endpoints with their success rates, last attempts and waiting deliveries
         * @description Endpoints with attempts, the newest endpoint first; by default the counts of the last day, in steps of five minutes, at most 31 days. With `endpoints` their order, and with `state` the one that fails for the longest time first. Scopes: integration:read.
         */
        get: operations["listEndpointStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the organizations that exist
         * @description Organizations with distributors, event types, webhooks, developers, products, packages, a profile or deliveries, in the order of their names. Only with credentials for all organizations; with others 404. Scopes: integration:read.
         */
        get: operations["listOrganizations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the organizations that the caller may act for
         * @description Credentials for all organizations list the ones that exist. Scopes: integration:read.
         */
        get: operations["listOrganizationNames"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an organization
         * @description Scopes: integration:read.
         */
        get: operations["getOrganization"];
        put?: never;
        /**
         * Change the settings of an organization
         * @description Omitted members keep their values; `properties` are replaced. `features.isMonetizationEnabled` is always true. Scopes: integration:write.
         */
        post: operations["updateOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/environments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the environments of an organization
         * @description The names that the settings of the organization have; nothing else is known of them. Scopes: integration:read.
         */
        get: operations["listEnvironments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the profile of an organization
         * @description Scopes: integration:read.
         */
        get: operations["getOrganizationProfile"];
        /**
         * Change the profile of an organization
         * @description Omitted members keep their values. `timezone` must be `UTC`, in which all dates are. Scopes: integration:write.
         */
        put: operations["updateOrganizationProfile"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/supported-currencies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the currency of the organization
         * @description An organization has one currency, that of its profile. Scopes: integration:read.
         */
        get: operations["listSupportedCurrencies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/supported-currencies/{currency}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the currency of the organization
         * @description Scopes: integration:read.
         */
        get: operations["getSupportedCurrency"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/portal-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a link that signs in to the console once
         * @description The session is for the organization of the call and these scopes, and ends with the link. The token stands behind the `#`, which no server sees. Scopes: integration:write.
         */
        post: operations["createPortalLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/distributors/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a distributor
         * @description Scopes: integration:read.
         */
        get: operations["getDistributor"];
        /**
         * Change a distributor
         * @description An omitted `meta` stays unchanged, `null` removes it, and an object replaces it as a whole. A masked secret that is sent back keeps the stored one. Scopes: integration:write.
         */
        put: operations["updateDistributor"];
        post?: never;
        /**
         * Delete a distributor
         * @description Scopes: integration:write.
         */
        delete: operations["deleteDistributor"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/developers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List developers by e-mail address
         * @description Returns the e-mail addresses, or with `expand=true` whole developers and the number of all: everything, unless a part is asked for. Scopes: integration:read.
         */
        get: operations["listDevelopers"];
        put?: never;
        /**
         * Create a developer
         * @description Scopes: integration:write.
         */
        post: operations["createDeveloper"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/developers/{email}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a developer
         * @description Scopes: integration:read.
         */
        get: operations["getDeveloper"];
        /**
         * Change a developer
         * @description Omitted fields keep their values. The e-mail address cannot be changed. Scopes: integration:write.
         */
        put: operations["updateDeveloper"];
        /**
         * Activate, deactivate or change a developer
         * @description With `action` the body is ignored. Omitted fields keep their values. The e-mail address cannot be changed. Scopes: integration:write.
         */
        post: operations["updateDeveloperByPost"];
        /**
         * Delete a developer
         * @description Scopes: integration:write.
         */
        delete: operations["deleteDeveloper"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/developers/{email}/attributes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the attributes of a developer
         * @description Scopes: integration:read.
         */
        get: operations["listDeveloperAttributes"];
        put?: never;
        /**
         * Replace the attributes of a developer
         * @description Attributes that the body does not have are removed. Scopes: integration:write.
         */
        post: operations["updateDeveloperAttributes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/developers/{email}/attributes/{attribute}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an attribute of a developer
         * @description Scopes: integration:read.
         */
        get: operations["getDeveloperAttribute"];
        put?: never;
        /**
         * Set an attribute of a developer
         * @description Creates the attribute if there is none of this name. Scopes: integration:write.
         */
        post: operations["updateDeveloperAttribute"];
        /**
         * Delete an attribute of a developer
         * @description Scopes: integration:write.
         */
        delete: operations["deleteDeveloperAttribute"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/developers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List developers by e-mail address, in the form of the monetization API
         * @description Scopes: integration:read.
         */
        get: operations["listMintDevelopers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/developers/{email}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a developer in the form of the monetization API
         * @description Scopes: integration:read.
         */
        get: operations["getMintDeveloper"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/apiproducts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List products by name
         * @description Returns the names, or with `expand=true` whole products and the number of all. Returns everything unless `count`, `size` or `page` is given. Scopes: integration:read.
         */
        get: operations["listProducts"];
        put?: never;
        /**
         * Create a product
         * @description Scopes: integration:write.
         */
        post: operations["createProduct"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/apiproducts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a product
         * @description Scopes: integration:read.
         */
        get: operations["getProduct"];
        /**
         * Change a product
         * @description Omitted fields keep their values. The name cannot be changed. Scopes: integration:write.
         */
        put: operations["updateProduct"];
        /**
         * Change a product
         * @description Omitted fields keep their values. The name cannot be changed. Scopes: integration:write.
         */
        post: operations["updateProductByPost"];
        /**
         * Delete a product
         * @description Scopes: integration:write.
         */
        delete: operations["deleteProduct"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/apiproducts/{name}/attributes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the attributes of a product
         * @description Scopes: integration:read.
         */
        get: operations["listProductAttributes"];
        put?: never;
        /**
         * Replace the attributes of a product
         * @description Attributes that the body does not have are removed. Scopes: integration:write.
         */
        post: operations["updateProductAttributes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/apiproducts/{name}/attributes/{attribute}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an attribute of a product
         * @description Scopes: integration:read.
         */
        get: operations["getProductAttribute"];
        put?: never;
        /**
         * Set an attribute of a product
         * @description Creates the attribute if there is none of this name. Scopes: integration:write.
         */
        post: operations["updateProductAttribute"];
        /**
         * Delete an attribute of a product
         * @description Scopes: integration:write.
         */
        delete: operations["deleteProductAttribute"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List products by name, in the form of the monetization API
         * @description Scopes: integration:read.
         */
        get: operations["listMintProducts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/products/{product_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a product in the form of the monetization API
         * @description Scopes: integration:read.
         */
        get: operations["getMintProduct"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/developers/{email}/eligible-products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the products that a developer may use
         * @description Products without a published rate plan, and products of running subscriptions of the developer. Returns everything unless `size` or `page` is given. Scopes: integration:read.
         */
        get: operations["listEligibleProducts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/developers/{email}/apps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a developer's apps by name
         * @description Returns the names, or with `expand=true` whole apps. Scopes: integration:read.
         */
        get: operations["listDeveloperApps"];
        put?: never;
        /**
         * Create an app of a developer, with its first key
         * @description Scopes: integration:write.
         */
        post: operations["createDeveloperApp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/developers/{email}/apps/{app_name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a developer's app
         * @description Scopes: integration:read.
         */
        get: operations["getDeveloperApp"];
        /**
         * Change a developer's app, or issue a key
         * @description Omitted fields keep their values. With `apiProducts` a new key for these products is issued. The name cannot be changed. Scopes: integration:write.
         */
        put: operations["updateDeveloperApp"];
        /**
         * Approve, revoke or change a developer's app
         * @description With `action` the body is ignored. Omitted fields keep their values. With `apiProducts` a new key for these products is issued. The name cannot be changed. Scopes: integration:write.
         */
        post: operations["updateDeveloperAppByPost"];
        /**
         * Delete a developer's app and its keys
         * @description Scopes: integration:write.
         */
        delete: operations["deleteDeveloperApp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/developers/{email}/apps/{app_name}/attributes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the attributes of an app
         * @description Scopes: integration:read.
         */
        get: operations["listDeveloperAppAttributes"];
        put?: never;
        /**
         * Replace the attributes of an app
         * @description Attributes that the body does not have are removed. Scopes: integration:write.
         */
        post: operations["updateDeveloperAppAttributes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/developers/{email}/apps/{app_name}/attributes/{attribute}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an attribute of an app
         * @description Scopes: integration:read.
         */
        get: operations["getDeveloperAppAttribute"];
        put?: never;
        /**
         * Set an attribute of an app
         * @description Creates the attribute if there is none of this name. Scopes: integration:write.
         */
        post: operations["updateDeveloperAppAttribute"];
        /**
         * Delete an attribute of an app
         * @description Scopes: integration:write.
         */
        delete: operations["deleteDeveloperAppAttribute"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/developers/{email}/apps/{app_name}/keys/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add a key to an app
         * @description The key has no products. Without `consumerKey` or `consumerSecret` the gateway makes one. Scopes: integration:write.
         */
        post: operations["createAppKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/developers/{email}/apps/{app_name}/keys/{consumer_key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a key of an app
         * @description Scopes: integration:read.
         */
        get: operations["getAppKey"];
        /**
         * Change a key of an app
         * @description Products are added to those of the key; attributes and scopes replace its own. Scopes: integration:write.
         */
        put: operations["updateAppKey"];
        /**
         * Approve, revoke or change a key of an app
         * @description With `action` the body is ignored. Products are added to those of the key; attributes and scopes replace its own. Scopes: integration:write.
         */
        post: operations["updateAppKeyByPost"];
        /**
         * Delete a key of an app
         * @description Scopes: integration:write.
         */
        delete: operations["deleteAppKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/developers/{email}/apps/{app_name}/keys/{consumer_key}/apiproducts/{product}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve or revoke a product of a key
         * @description Scopes: integration:write.
         */
        post: operations["updateAppKeyProduct"];
        /**
         * Remove a product from a key
         * @description Scopes: integration:write.
         */
        delete: operations["deleteAppKeyProduct"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/developers/{email}/apps/{app_name}/keys/{consumer_key}/attributes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the attributes of a key
         * @description Scopes: integration:read.
         */
        get: operations["listAppKeyAttributes"];
        put?: never;
        /**
         * Replace the attributes of a key
         * @description Attributes that the body does not have are removed. Scopes: integration:write.
         */
        post: operations["updateAppKeyAttributes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/developers/{email}/apps/{app_name}/keys/{consumer_key}/attributes/{attribute}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an attribute of a key
         * @description Scopes: integration:read.
         */
        get: operations["getAppKeyAttribute"];
        put?: never;
        /**
         * Set an attribute of a key
         * @description Creates the attribute if there is none of this name. Scopes: integration:write.
         */
        post: operations["updateAppKeyAttribute"];
        /**
         * Delete an attribute of a key
         * @description Scopes: integration:write.
         */
        delete: operations["deleteAppKeyAttribute"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/apps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the apps of an organization by id
         * @description Returns the ids, or with `expand=true` whole apps. Scopes: integration:read.
         */
        get: operations["listApps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org_name}/apps/{app_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an app by its id
         * @description Scopes: integration:read.
         */
        get: operations["getApp"];
        put?: never;
        post?: never;
        /**
         * Delete an app by its id, with its keys
         * @description Scopes: integration:write.
         */
        delete: operations["deleteApp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/monetization-packages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List packages by id
         * @description Scopes: integration:read.
         */
        get: operations["listPackages"];
        put?: never;
        /**
         * Create a package of products
         * @description The package's id is its name in lower case. Scopes: integration:write.
         */
        post: operations["createPackage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/developers/{email}/monetization-packages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the packages that a developer has or may have
         * @description Ordered by id. Returns everything unless `size` or `page` is given. Scopes: integration:read.
         */
        get: operations["listPackagesOfDeveloper"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/monetization-packages/{package_id}/products/{product_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add a product to a package
         * @description Subscriptions to plans of the package count usage of the product from then on. Scopes: integration:write.
         */
        post: operations["createPackageProduct"];
        /**
         * Remove a product from a package
         * @description Usage that was counted stays counted. Scopes: integration:write.
         */
        delete: operations["deletePackageProduct"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/monetization-packages/{package_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a package
         * @description Scopes: integration:read.
         */
        get: operations["getPackage"];
        put?: never;
        post?: never;
        /**
         * Delete a package
         * @description Scopes: integration:write.
         */
        delete: operations["deletePackage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/monetization-packages/{package_id}/rate-plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a package's rate plans by id
         * @description Current plans alone unless `current=false`. Returns everything unless `size` or `page` is given. Scopes: integration:read.
         */
        get: operations["listPackageRatePlans"];
        put?: never;
        /**
         * Create a rate plan
         * @description The plan's id is `id`, else `<package id>_<name>`, in lower case and with `_` for spaces. Scopes: integration:write.
         */
        post: operations["createRatePlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/rate-plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the rate plans of all packages by id
         * @description Scopes: integration:read.
         */
        get: operations["listRatePlans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/monetization-packages/{package_id}/rate-plans/{plan_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a rate plan
         * @description Scopes: integration:read.
         */
        get: operations["getRatePlan"];
        /**
         * Change a rate plan
         * @description Omitted fields keep their values. Only the `endDate` of a published plan can be changed. Publishing a revision ends its parent when the revision starts. Scopes: integration:write.
         */
        put: operations["updateRatePlan"];
        post?: never;
        /**
         * Delete a rate plan
         * @description Scopes: integration:write.
         */
        delete: operations["deleteRatePlan"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/rate-plans/{plan_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a rate plan of any package
         * @description Scopes: integration:read.
         */
        get: operations["getRatePlanById"];
        put?: never;
        post?: never;
        /**
         * Delete a rate plan of any package
         * @description Scopes: integration:write.
         */
        delete: operations["deleteRatePlanById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/monetization-packages/{package_id}/rate-plans/{plan_id}/revision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a revision of a published rate plan
         * @description Omitted fields are those of the plan, except `endDate`; a revision is a draft unless `published` is true. The plan ends when a published revision starts. Subscriptions stay with the plan. Scopes: integration:write.
         */
        post: operations["createRatePlanRevision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/developers/{email}/developer-rateplans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the plans of a developer's active subscriptions, the latest subscription first
         * @description Scopes: integration:read.
         */
        get: operations["listActiveRatePlans"];
        put?: never;
        /**
         * Subscribe a developer to a published rate plan
         * @description Scopes: integration:write.
         */
        post: operations["createSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/developers/{email}/developer-accepted-rateplans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a developer's subscriptions, newest first
         * @description Scopes: integration:read.
         */
        get: operations["listSubscriptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/developers/{email}/developer-rateplans/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a subscription
         * @description Scopes: integration:read.
         */
        get: operations["getSubscription"];
        /**
         * Change a subscription's quota target or end date
         * @description Omitted fields keep their values; `"endDate": null` makes the subscription open-ended. Other members are ignored. Scopes: integration:write.
         */
        put: operations["updateSubscription"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/developers/{email}/developer-rateplans/{id}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the usage of a subscription in its running billing cycle
         * @description Scopes: integration:read.
         */
        get: operations["getSubscriptionUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/developers/{email}/products/{product_id}/rate-plan-by-developer-product": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the plan of a developer's active subscription that covers a product
         * @description Of several, the plan of the latest subscription. Scopes: integration:read.
         */
        get: operations["getRatePlanOfProduct"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the webhooks, newest first
         * @description Returns all webhooks unless `size` (default 20) or `page` (default 1) is given. Scopes: integration:read.
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Create a webhook
         * @description The webhook is disabled unless `enabled` is true. Scopes: integration:write.
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/webhooks/{id}/delivery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a webhook's delivery settings
         * @description Scopes: integration:read.
         */
        get: operations["getWebhookDelivery"];
        /**
         * Replace a webhook's delivery settings
         * @description Replaces all settings: an omitted field takes its default. A masked header that is sent back keeps the stored value. Headers are bound to scheme, host and port of the endpoint. Scopes: integration:write.
         */
        put: operations["updateWebhookDelivery"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change some of a webhook's delivery settings
         * @description Changes the given settings and keeps all others. Null is the default of a setting. Headers are set one by one, and null removes one. Scopes: integration:write.
         */
        patch: operations["patchWebhookDelivery"];
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/webhooks/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a webhook's signing secret
         * @description Scopes: integration:write.
         */
        get: operations["getWebhookSecret"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/webhooks/{id}/secret/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate a webhook's signing secret
         * @description Deliveries are signed with both the old and the new secret for 24 hours. Scopes: integration:write.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/webhooks/{id}/test/{developer_email}/{app_id}/{product_id}/{rateplan_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the trigger types of a webhook
         * @description Scopes: integration:read.
         */
        get: operations["listWebhookTriggerTypes"];
        put?: never;
        /**
         * Send a test call to a webhook
         * @description Sends one attempt now, even if the webhook is disabled. A failed test call is not retried. Scopes: integration:write.
         */
        post: operations["sendWebhookTestCall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/webhooks/{id}/test/{developer_email}/{app_id}/{product_id}/{rateplan_id}/{trigger_type}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a sample test call
         * @description Scopes: integration:read.
         */
        get: operations["getWebhookTestCall"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/notification-conditions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the notification conditions, newest first
         * @description Returns all conditions unless `size` (default 20) or `page` (default 1) is given. Scopes: integration:read.
         */
        get: operations["listConditions"];
        put?: never;
        /**
         * Create a notification condition
         * @description Calls webhooks when the usage of a rate plan reaches certain percentages of its quota target. `UsageTarget` is `%= A`, `%= A to B` (in steps of 10) or `%= A to B by S`, from 1 to 1000 percent. Several `UsageTarget` attributes are combined; a condition may have at most 200 thresholds. Scopes: integration:write.
         */
        post: operations["createCondition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report usage
         * @description Counts for every active subscription of the developer whose package contains the product, or for none: `batchSize`, or, for plans that are rated by a custom attribute, `batchSize` times that attribute. Crossed thresholds call their webhooks. Usage above the quota target is never refused. Scopes: integration:write.
         */
        post: operations["reportUsage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/transaction-search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search transactions, newest first
         * @description Transactions are the reports of usage, and the metered calls that a subscription covered. All criteria must match; a period is `billingMonth` of `billingYear`, or from `fromDate` to before `toDate`. Scopes: integration:read.
         */
        post: operations["listTransactions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/transactions/developers/{email}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a developer's transactions of a minute at most, newest first
         * @description Scopes: integration:read.
         */
        get: operations["listDeveloperTransactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/applications-with-transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List applications with transactions in a period
         * @description Scopes: integration:read.
         */
        get: operations["listApplicationsWithTransactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/developers-with-transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List developers with transactions in a period
         * @description Scopes: integration:read.
         */
        get: operations["listDevelopersWithTransactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/products-with-transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List products with transactions in a period
         * @description Scopes: integration:read.
         */
        get: operations["listProductsWithTransactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/packages-with-transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List packages with transactions in a period
         * @description A package has the transactions of its products by developers with a subscription to one of its plans. Scopes: integration:read.
         */
        get: operations["listPackagesWithTransactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integration/usage-notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List thresholds of usage that have fired, newest first
         * @description One entry for each subscription, billing cycle and percentage. `from` and `to` are times of firing. Scopes: integration:read.
         */
        get: operations["listUsageNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/notification-service-items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List notifications sent to webhooks, newest first
         * @description Returns at most 1000 items. If `hasMoreItems` is true, use `enddate` to read older items. Scopes: integration:read.
         */
        get: operations["listNotificationItems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/notification-service-items/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a notification sent to a webhook
         * @description Scopes: integration:read.
         */
        get: operations["getNotificationItem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/notification-service-items/{id}/reprocess": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a notification again
         * @description Sends it again now, under the same id. Retries start anew. Scopes: integration:write.
         */
        post: operations["reprocessNotificationItem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/notification-conditions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a notification condition
         * @description Scopes: integration:read.
         */
        get: operations["getCondition"];
        /**
         * Replace a notification condition
         * @description Replacing a condition fires no thresholds by itself. Thresholds that have fired in the current cycle do not fire again. Scopes: integration:write.
         */
        put: operations["updateCondition"];
        post?: never;
        /**
         * Delete a notification condition
         * @description Scopes: integration:write.
         */
        delete: operations["deleteCondition"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/mint/organizations/{org_name}/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a webhook
         * @description Scopes: integration:read.
         */
        get: operations["getWebhook"];
        /**
         * Change a webhook
         * @description Omitted fields keep their values. Disabling a webhook holds its pending deliveries; enabling it releases them. PUT and POST do the same. Scopes: integration:write.
         */
        put: operations["updateWebhook"];
        /**
         * Change, enable or disable a webhook
         * @description Omitted fields keep their values. Disabling a webhook holds its pending deliveries; enabling it releases them. PUT and POST do the same. Scopes: integration:write.
         */
        post: operations["updateWebhookByPost"];
        /**
         * Delete a webhook
         * @description Pending and held deliveries are cancelled. Scopes: integration:write.
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gateway/targets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the targets with their state and their figures of the last minute
         * @description Figures are sums over the processes of this machine. An upstream has the worst state that any of them sees. Scopes: gateway:admin.
         */
        get: operations["listTargets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ApiError: {
            error: {
                /** @description Stable; programs decide by it. More codes may follow: treat an unknown one like its status. */
                code: string;
                /** @description For people; it may change. */
                message: string;
                /** @description Depends on the code, and is empty for most. */
                details: {
                    [key: string]: unknown;
                };
                /** @description The `X-Request-Id` of the response; null if the request was not readable as HTTP. */
                request_id: string | null;
            };
        };
        ApiKeyCredentials: {
            api_key?: string;
            secret_key?: string;
        };
        TokenPair: {
            access_token: string;
            refresh_token: string;
            /** @enum {string} */
            token_type: "Bearer";
            /** @description Seconds. */
            expires_in: number;
            /** Format: date-time */
            expires_at: string;
        };
        RefreshTokenInput: {
            refresh_token: string;
        };
        JsonWebKey: {
            [key: string]: unknown;
        };
        JsonWebKeySet: {
            keys: components["schemas"]["JsonWebKey"][];
        };
        SignInMethods: {
            oidc: boolean;
            version: string;
        };
        ConsoleSignIn: {
            /** @description E-mail address or API key. */
            name?: string;
            secret?: string;
            /** @description Token of a portal link, in place of name and secret. */
            portal?: string;
        } & (({
            name: unknown;
        } | {
            portal: unknown;
        }) & unknown);
        /** @description Of a session that a portal link has opened. */
        ConsolePortal: {
            return_url: string | null;
        };
        ConsoleSession: {
            access_token: string;
            /** @description Seconds. */
            expires_in: number;
            email: string | null;
            application: string | null;
            organizations: string[] | "*";
            default_organization: string | null;
            scopes: string[];
            portal: components["schemas"]["ConsolePortal"] | null;
        };
        RenewedConsoleSession: {
            session: components["schemas"]["ConsoleSession"] | null;
        };
        DistributorAuthenticationInput: {
            /**
             * @description 1 = Basic, 2 = Token. Left out: the type whose fields are given.
             * @enum {number}
             */
            type?: 1 | 2;
            username?: string;
            password?: string;
            token?: string;
        } | {
            /** @constant */
            type?: 1;
            username: unknown;
            password: unknown;
            token?: never;
        } | {
            /** @constant */
            type?: 2;
            token: unknown;
            username?: never;
            password?: never;
        };
        DistributorMetaInput: {
            /** @description An absolute http or https origin, without user info, path, query or fragment. */
            host: string;
            /** @description Starts with `/`; may include a query. */
            path: string;
            /**
             * @description 1 = GET, 2 = POST, 3 = PUT, 4 = PATCH, 5 = DELETE. The names are accepted too.
             * @default POST
             */
            method?: number | ("GET" | "POST" | "PUT" | "PATCH" | "DELETE");
            authentication?: components["schemas"]["DistributorAuthenticationInput"];
        };
        DistributorInput: {
            meta?: components["schemas"]["DistributorMetaInput"] | null;
        };
        DistributorAuthentication: {
            /** @enum {number} */
            type: 1 | 2;
            username?: string;
            password?: string;
            token?: string;
        };
        DistributorMeta: {
            host: string;
            path: string;
            /** @enum {string} */
            method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
            authentication?: components["schemas"]["DistributorAuthentication"];
        };
        Distributor: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            node_id: string;
            meta: components["schemas"]["DistributorMeta"] | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        DistributorPage: {
            distributors: components["schemas"]["Distributor"][];
            total: number;
            page: number;
            per_page: number;
        };
        SigningSecret: {
            secret: string;
        };
        DeliveryRateLimit: {
            per_second: number;
        };
        DistributorDelivery: {
            enabled: boolean;
            event_types: string[];
            /** @description The names, with masked values. */
            headers: {
                [key: string]: "********";
            };
            retry_schedule: number[] | null;
            timeout_ms: number | null;
            rate_limit: components["schemas"]["DeliveryRateLimit"] | null;
            ordered: boolean;
            disable_after_s: number | null;
        };
        DeliveryRateLimitInput: {
            /** @description Attempts per second. */
            per_second: number;
        };
        DistributorDeliveryInput: {
            /**
             * @description false holds the deliveries of the distributor, true releases them.
             * @default true
             */
            enabled?: boolean;
            /**
             * @description Names of event types. `order.*` stands for `order` and every type below it, `*` for every type. Types that begin with `hookgate.` need a pattern that begins with it too.
             * @default [
             *       "*"
             *     ]
             */
            event_types?: string[];
            /**
             * @description Sent with every attempt. Values are encrypted and answered as `********`, which stands for the stored value when it is sent back.
             * @default {}
             */
            headers?: {
                [key: string]: string;
            };
            /** @description Seconds from the end of an attempt to the next one; an empty list is a single attempt. Null: the retries of the gateway. */
            retry_schedule?: number[] | null;
            /** @description Milliseconds to wait for an answer. Null: the time of the gateway. */
            timeout_ms?: number | null;
            /** @default null */
            rate_limit?: components["schemas"]["DeliveryRateLimitInput"] | null;
            /**
             * @description Deliver one at a time, in the order of acceptance; while one waits for its retry, all later ones wait.
             * @default false
             */
            ordered?: boolean;
            /** @description Turn the endpoint off when nothing has been delivered for so many seconds since the first failure, with 10 attempts or more. */
            disable_after_s?: number | null;
        };
        DistributorDeliveryChange: {
            /** @description false holds the deliveries of the distributor, true releases them. */
            enabled?: boolean | null;
            /** @description Names of event types. `order.*` stands for `order` and every type below it, `*` for every type. Types that begin with `hookgate.` need a pattern that begins with it too. */
            event_types?: string[] | null;
            /** @description Headers to set, and with null the ones to remove; others stay. Null in place of the object removes all. */
            headers?: {
                [key: string]: string | null;
            } | null;
            /** @description Seconds from the end of an attempt to the next one; an empty list is a single attempt. Null: the retries of the gateway. */
            retry_schedule?: number[] | null;
            /** @description Milliseconds to wait for an answer. Null: the time of the gateway. */
            timeout_ms?: number | null;
            rate_limit?: components["schemas"]["DeliveryRateLimitInput"] | null;
            /** @description Deliver one at a time, in the order of acceptance; while one waits for its retry, all later ones wait. */
            ordered?: boolean | null;
            /** @description Turn the endpoint off when nothing has been delivered for so many seconds since the first failure, with 10 attempts or more. */
            disable_after_s?: number | null;
        };
        EventTypeInput: {
            description?: string | null;
            /** @description Data of an event, sent by test events. It matches the schema. */
            example?: {
                [key: string]: unknown;
            } | null;
            /** @description A JSON Schema (2020-12) for the data of events. References stay within it, and patterns have neither look-around nor back-references. */
            schema?: {
                [key: string]: unknown;
            } | null;
        };
        EventType: {
            name: string;
            description: string | null;
            example: {
                [key: string]: unknown;
            } | null;
            schema: {
                [key: string]: unknown;
            } | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        EventTypePage: {
            event_types: components["schemas"]["EventType"][];
            next_cursor: string | null;
        };
        PublishedEventInput: {
            type: string;
            /** @description Sent as it is written, numbers included. */
            data: {
                [key: string]: unknown;
            };
            /**
             * Format: uuid
             * @description Only to distributors of this node.
             */
            node_id?: string;
        };
        PublishedEvent: {
            /** Format: uuid */
            id: string;
            type: string;
            /** Format: date-time */
            created_at: string;
        };
        AcceptedDelivery: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            distributor_id: string;
        };
        Publication: {
            event: components["schemas"]["PublishedEvent"];
            deliveries: components["schemas"]["AcceptedDelivery"][];
        };
        Event: {
            type: string;
            /** @description Sent as it is written, numbers included. */
            data: {
                [key: string]: unknown;
            };
        };
        AcceptedEvent: {
            deliveries: components["schemas"]["AcceptedDelivery"][];
        };
        TestEventInput: {
            /** @description Default `test`. */
            type?: string;
        };
        EventItem: {
            /** @description In answers to `X-Organization: *`. */
            organization?: string;
            /** Format: uuid */
            id: string;
            type: string;
            /** Format: date-time */
            created_at: string;
        };
        EventPage: {
            events: components["schemas"]["EventItem"][];
            /** Format: uuid */
            next_cursor: string | null;
        };
        Endpoint: {
            kind: string;
            id: string;
        };
        /** @enum {string} */
        DeliveryStatus: "pending" | "in_flight" | "held" | "delivered" | "failed" | "cancelled";
        Delivery: {
            /** @description In answers to `X-Organization: *`. */
            organization?: string;
            /** Format: uuid */
            id: string;
            type: string;
            /** Format: uuid */
            event_id: string;
            endpoint: components["schemas"]["Endpoint"];
            /** @description Name of the webhook, or node of the distributor; null when it has been deleted. */
            endpoint_name: string | null;
            /** @description Destination of the last attempt, without query. */
            url: string | null;
            status: components["schemas"]["DeliveryStatus"];
            attempt_count: number;
            last_status: number | null;
            /** @description Class of the last attempt's error. */
            error: string | null;
            /** @description Reason of the status, in words. */
            decision: string | null;
            /** Format: date-time */
            next_attempt_at: string | null;
            /** @description True for test events and test calls: one attempt, also to an endpoint that is turned off. */
            test: boolean;
            /** Format: date-time */
            created_at: string;
        };
        EventWithDeliveries: {
            /** @description In answers to `X-Organization: *`. */
            organization?: string;
            /** Format: uuid */
            id: string;
            type: string;
            /** Format: date-time */
            created_at: string;
            /** @description Data of the event; for a notification, the whole body. */
            data: unknown;
            /** @description The newest 100 deliveries of the event. */
            deliveries: components["schemas"]["Delivery"][];
            /** @description Present and true: the event has further deliveries. The list of deliveries has a filter `event`. */
            more?: boolean;
        };
        EventRedeliveryInput: {
            /** @description Failed deliveries, all deliveries, or the deliveries to these endpoints. */
            to: ("failed" | "all") | string[];
        };
        RedeliveredDelivery: {
            /** Format: uuid */
            id: string;
            endpoint: components["schemas"]["Endpoint"];
        };
        SkippedDelivery: {
            /** Format: uuid */
            delivery_id: string | null;
            endpoint_id: string;
            /** @enum {string} */
            reason: "DELIVERY_IN_FLIGHT" | "DELIVERY_HELD" | "ENDPOINT_GONE" | "NOT_FOUND";
        };
        EventRedelivery: {
            /** @description Deliveries that are sent again, under the same ids. */
            deliveries: components["schemas"]["RedeliveredDelivery"][];
            skipped: components["schemas"]["SkippedDelivery"][];
        };
        /**
         * @description Class of the last attempt’s error.
         * @enum {string}
         */
        DeliveryError: "connect_timeout" | "read_timeout" | "connection_refused" | "connection_lost" | "dns_failure" | "tls_failure" | "invalid_answer" | "head_too_large" | "address_refused" | "request_not_buildable" | "endpoint_gone" | "outcome_unknown" | "crash_loop";
        DeliveryPage: {
            deliveries: components["schemas"]["Delivery"][];
            /** Format: uuid */
            next_cursor: string | null;
        };
        DeliveryCount: {
            count: number;
            /** @description Present and true: there may be more. At most 10,000 are counted, and conditions other than `status` are checked on the newest 10,000 deliveries of each status. */
            more?: boolean;
        };
        AttemptTls: {
            version: string;
            /** Format: date-time */
            certificate_expires_at: string | null;
        };
        Attempt: {
            number: number;
            /** Format: date-time */
            started_at: string;
            duration_ms: number | null;
            phases_ms: {
                [key: string]: unknown;
            } | null;
            status: number | null;
            error: string | null;
            decision: string;
            /** @description The trace (W3C Trace Context) of the call that caused the event. Null without one. */
            trace_id: string | null;
            /** @description Without query. */
            url: string | null;
            /** @description IP address of the connection. */
            peer: string | null;
            tls: components["schemas"]["AttemptTls"] | null;
            /** @description Null when no request was sent. Values that may be secrets are `********`. */
            request_headers: {
                [key: string]: unknown;
            } | null;
            response_headers: {
                [key: string]: unknown;
            } | null;
            response_body: string | null;
            truncated: boolean;
        };
        DeliveryWithAttempts: {
            /** @description In answers to `X-Organization: *`. */
            organization?: string;
            /** Format: uuid */
            id: string;
            type: string;
            /** Format: uuid */
            event_id: string;
            endpoint: components["schemas"]["Endpoint"];
            /** @description Name of the webhook, or node of the distributor; null when it has been deleted. */
            endpoint_name: string | null;
            /** @description Destination of the last attempt, without query. */
            url: string | null;
            status: components["schemas"]["DeliveryStatus"];
            attempt_count: number;
            last_status: number | null;
            /** @description Class of the last attempt's error. */
            error: string | null;
            /** @description Reason of the status, in words. */
            decision: string | null;
            /** Format: date-time */
            next_attempt_at: string | null;
            /** @description True for test events and test calls: one attempt, also to an endpoint that is turned off. */
            test: boolean;
            /** Format: date-time */
            created_at: string;
            payload: unknown;
            attempts: components["schemas"]["Attempt"][];
        };
        /** @description Selects the deliveries; at least one condition is required. */
        DeliveryFilter: {
            status?: components["schemas"]["DeliveryStatus"];
            /**
             * Format: uuid
             * @description Id of a distributor or webhook.
             */
            endpoint?: string;
            /** @description The whole name of an event type; a pattern such as `order.*` is none. */
            type?: string;
            /**
             * Format: uuid
             * @description Id of an event, as `event_id` of its deliveries.
             */
            event?: string;
            /**
             * Format: uuid
             * @description Id of a node: deliveries to its distributors, at most 1,000 of them.
             */
            node?: string;
            error?: components["schemas"]["DeliveryError"];
            /** @description Status of the last answer. */
            last_status?: number;
            /** @description Host of the URL of the last attempt. Without a port, any port. */
            url_host?: string;
            /** @description An RFC 3339 time such as `2026-01-01T00:00:00Z`, or a date. */
            from?: string;
            /** @description An RFC 3339 time such as `2026-01-01T00:00:00Z`, or a date. */
            to?: string;
        };
        RedeliveryInput: {
            filter: components["schemas"]["DeliveryFilter"];
            /**
             * @description Count the matching deliveries without sending them.
             * @default false
             */
            dry_run?: boolean;
        };
        RedeliveryCount: {
            count: number;
            /** @description Present and true: there may be more. At most 10,000 are counted, and conditions other than `status` are checked on the newest 10,000 deliveries of each status. */
            more?: boolean;
        };
        RedeliveryJob: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            state: "running" | "done" | "cancelled";
            redelivered: number;
            /** @description Deliveries that could not be sent again, because they were in flight or held, or their endpoint no longer existed. */
            skipped: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        BacklogEntry: {
            /** @description In answers to `X-Organization: *`. */
            organization?: string;
            endpoint: components["schemas"]["Endpoint"];
            /** @description Number of unsettled deliveries: pending, held or in flight. */
            waiting: number;
            /** Format: date-time */
            oldest_created_at: string;
        };
        Backlog: {
            endpoints: components["schemas"]["BacklogEntry"][];
            /** @description Present and true: more than 50,000 deliveries are unsettled, and only the oldest 50,000 are counted. */
            more?: boolean;
        };
        /** @enum {string} */
        StatisticsStep: "5m" | "1h" | "1d";
        StatisticsPoint: {
            /**
             * Format: date-time
             * @description Begin of the step.
             */
            at: string;
            /** @description Deliveries by the time of their acceptance, counted with the outcome of their first attempt or their cancellation. */
            accepted: number;
            delivered: number;
            failed: number;
            /** @description Attempts that were followed by a retry. */
            retried: number;
            cancelled: number;
        };
        Statistics: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            step: components["schemas"]["StatisticsStep"];
            points: components["schemas"]["StatisticsPoint"][];
        };
        /** @enum {string} */
        StatisticsEndpointKind: "webhook" | "distributor";
        /**
         * @description Only endpoints with this `state`, the one that fails for the longest time first.
         * @enum {string}
         */
        FailingEndpointState: "failing" | "disabled";
        /**
         * @description `failing`: nothing was delivered for 5 minutes after a failure, or after 10 failures in a row; `disabled`: turned off since it failed for longer than its `disable_after_s`.
         * @enum {string}
         */
        EndpointState: "ok" | "failing" | "disabled";
        EndpointStatistics: {
            endpoint: components["schemas"]["Endpoint"];
            /** @description Name of the webhook, or node of the distributor; null when it has been deleted. */
            endpoint_name: string | null;
            /** @description Whether deliveries are sent, and not held; null when it has been deleted. */
            enabled: boolean | null;
            delivered: number;
            failed: number;
            retried: number;
            /** @description Delivered, of the attempts that ended: delivered, failed and retried. Null without any. */
            success_rate: number | null;
            /**
             * Format: date-time
             * @description End of the last attempt that delivered.
             */
            last_delivery_at: string | null;
            /** Format: date-time */
            last_attempt_at: string | null;
            last_status: number | null;
            last_error: string | null;
            state: components["schemas"]["EndpointState"];
            /**
             * Format: date-time
             * @description First failed attempt since the last delivery.
             */
            failing_since: string | null;
            /** @description Failed attempts since the last delivery. */
            failures: number;
            /** @description Unsettled deliveries: pending, held or in flight; 10,000 at most. */
            waiting: number;
            /**
             * Format: date-time
             * @description Acceptance of the oldest of them.
             */
            oldest_created_at: string | null;
        };
        EndpointStatisticsPage: {
            data: components["schemas"]["EndpointStatistics"][];
            next_cursor: string | null;
        };
        Organization: {
            name: string;
        };
        OrganizationPage: {
            organizations: components["schemas"]["Organization"][];
            next_cursor: string | null;
        };
        OrganizationNames: string[];
        MintErrorContext: {
            name: string;
            value: string;
        };
        MintError: {
            code: string;
            message: string;
            contexts: components["schemas"]["MintErrorContext"][];
        };
        OrganizationInput: {
            displayName?: string;
            /** @enum {string} */
            type?: "paid" | "trial";
            environments?: string[];
            properties?: {
                property: {
                    name: string;
                    value: string | number | boolean;
                }[];
            };
        };
        Attribute: {
            name: string;
            value: string;
        };
        /** @description Without times and callers until something was stored about the organization. */
        OrganizationDetails: {
            name: string;
            displayName: string;
            type: string;
            environments: string[];
            properties: {
                property: components["schemas"]["Attribute"][];
            };
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            createdAt?: number;
            createdBy?: string;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            lastModifiedAt?: number;
            lastModifiedBy?: string;
        };
        EnvironmentNames: string[];
        OrganizationProfileInput: {
            /** @description Code of ISO 4217. Default `USD`. */
            currency?: string;
            /**
             * @description `UTC`: all dates are in UTC.
             * @enum {string}
             */
            timezone?: "UTC" | "Etc/UTC";
            address?: unknown;
            approveTrusted?: unknown;
            approveUntrusted?: unknown;
            approvedTrusted?: unknown;
            approvedUntrusted?: unknown;
            billingCycle?: unknown;
            country?: unknown;
            description?: unknown;
            hasBillingAdjustment?: unknown;
            hasBroker?: unknown;
            hasSelfBilling?: unknown;
            hasSeparateInvoiceForProduct?: unknown;
            issueNettingStmt?: unknown;
            logoUrl?: unknown;
            name?: unknown;
            netPaymentAdviceNote?: unknown;
            nettingStmtPerCurrency?: unknown;
            regNo?: unknown;
            selfBillingAsExchOrg?: unknown;
            selfBillingForAllDev?: unknown;
            separateInvoiceForFees?: unknown;
            status?: unknown;
            supportedBillingType?: unknown;
            taxEngineExternalId?: unknown;
            taxModel?: unknown;
            taxNexus?: unknown;
            taxRegNo?: unknown;
            transactionRelayURL?: unknown;
            transactionalRelayURL?: unknown;
        };
        /** @description Further members that the API family documents are stored and returned unchanged. */
        OrganizationProfile: {
            id: string;
            name: unknown;
            address: unknown;
            billingCycle: unknown;
            country: unknown;
            currency: string;
            selfBillingForAllDev: unknown;
            separateInvoiceForFees: unknown;
            status: unknown;
            supportedBillingType: unknown;
            timezone: string;
        };
        SupportedCurrency: {
            /** @description The code in lower case. */
            id: string;
            /** @description Code of ISO 4217. */
            name: string;
            displayName: string;
            description: string;
            organization: {
                id: string;
            };
            status: string;
            virtualCurrency: boolean;
        };
        SupportedCurrencyList: {
            supportedCurrency: components["schemas"]["SupportedCurrency"][];
            totalRecords: number;
        };
        PortalLinkInput: {
            /**
             * @description Seconds until link and session end.
             * @default 3600
             */
            expires_in?: number;
            /**
             * @description Scopes of the session: some of your own.
             * @default [
             *       "integration:read"
             *     ]
             */
            scopes?: string[];
            /** @description The page that the console leads back to. */
            return_url?: string;
        };
        PortalLink: {
            url: string;
            /** Format: date-time */
            expires_at: string;
        };
        AttributeInput: {
            name: string;
            value: string;
        };
        DeveloperInput: {
            /** @description Converted to lower case. */
            email: string;
            firstName: string;
            lastName: string;
            userName: string;
            companyName?: string;
            attributes?: components["schemas"]["AttributeInput"][];
            apps?: string[];
            accessType?: unknown;
            appFamily?: unknown;
            companies?: unknown;
            address?: unknown;
            approxTaxRate?: unknown;
            billingProfile?: unknown;
            billingType?: unknown;
            broker?: unknown;
            developerCategory?: unknown;
            developerRole?: unknown;
            hasSelfBilling?: unknown;
            legalName?: unknown;
            name?: unknown;
            registrationId?: unknown;
            taxExemptAuthNo?: unknown;
            type?: unknown;
        };
        /** @description Further members that the API family documents are stored and returned unchanged. */
        Developer: {
            email: string;
            firstName: string;
            lastName: string;
            userName: string;
            companyName: string;
            attributes: components["schemas"]["Attribute"][];
            apps: string[];
            organizationName: string;
            /** @description A UUID, which paths take in place of the e-mail address. */
            developerId: string;
            /** @enum {string} */
            status: "active" | "inactive";
            createdBy: string;
            lastModifiedBy: string;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            createdAt: number;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            lastModifiedAt: number;
        };
        DeveloperList: {
            developer: components["schemas"]["Developer"][];
            totalRecords: number;
        };
        DeveloperListOrKeys: string[] | components["schemas"]["DeveloperList"];
        DeveloperChange: {
            /** @description Converted to lower case. */
            email?: string;
            firstName?: string;
            lastName?: string;
            userName?: string;
            companyName?: string;
            attributes?: components["schemas"]["AttributeInput"][];
            apps?: string[];
            accessType?: unknown;
            appFamily?: unknown;
            companies?: unknown;
            address?: unknown;
            approxTaxRate?: unknown;
            billingProfile?: unknown;
            billingType?: unknown;
            broker?: unknown;
            developerCategory?: unknown;
            developerRole?: unknown;
            hasSelfBilling?: unknown;
            legalName?: unknown;
            name?: unknown;
            registrationId?: unknown;
            taxExemptAuthNo?: unknown;
            type?: unknown;
        };
        AttributeListInput: {
            attribute: components["schemas"]["AttributeInput"][];
        };
        AttributeList: {
            attribute: components["schemas"]["Attribute"][];
        };
        AttributeValue: {
            name?: string;
            value: string;
        };
        /** @description Members of the profile that are texts of at most 200 characters or booleans. */
        OrganizationBrief: {
            id: string;
            timezone: string;
        };
        MintDeveloper: {
            /** @description The e-mail address. */
            id: string;
            email: string;
            name: unknown;
            firstName: string;
            lastName: string;
            companyName: string;
            billingType: unknown;
            broker: unknown;
            hasSelfBilling: unknown;
            type: unknown;
            customAttributes: components["schemas"]["Attribute"][];
            isCompany: boolean;
            status: string;
            organization: components["schemas"]["OrganizationBrief"];
        };
        MintDeveloperList: {
            developer: components["schemas"]["MintDeveloper"][];
            totalRecords: number;
        };
        ProductInput: {
            name: string;
            displayName: string;
            attributes?: components["schemas"]["AttributeInput"][];
            apiResources?: unknown;
            approvalType?: unknown;
            description?: unknown;
            environments?: unknown;
            proxies?: unknown;
            scopes?: unknown;
            quota?: unknown;
            quotaInterval?: unknown;
            quotaTimeUnit?: unknown;
            quotaCounterScope?: unknown;
            graphqlOperationGroup?: unknown;
            grpcOperationGroup?: unknown;
            operationGroup?: unknown;
            pricePoints?: unknown;
            refundSuccessCriteria?: unknown;
            status?: unknown;
            transactionSuccessCriteria?: unknown;
        };
        /** @description Further members that the API family documents are stored and returned unchanged. */
        Product: {
            name: string;
            displayName: string;
            attributes: components["schemas"]["Attribute"][];
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            createdAt: number;
            createdBy: string;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            lastModifiedAt: number;
            lastModifiedBy: string;
        };
        ProductList: {
            apiProduct: components["schemas"]["Product"][];
            totalRecords: number;
        };
        ProductListOrKeys: string[] | components["schemas"]["ProductList"];
        ProductChange: {
            name?: string;
            displayName?: string;
            attributes?: components["schemas"]["AttributeInput"][];
            apiResources?: unknown;
            approvalType?: unknown;
            description?: unknown;
            environments?: unknown;
            proxies?: unknown;
            scopes?: unknown;
            quota?: unknown;
            quotaInterval?: unknown;
            quotaTimeUnit?: unknown;
            quotaCounterScope?: unknown;
            graphqlOperationGroup?: unknown;
            grpcOperationGroup?: unknown;
            operationGroup?: unknown;
            pricePoints?: unknown;
            refundSuccessCriteria?: unknown;
            status?: unknown;
            transactionSuccessCriteria?: unknown;
        };
        MintProduct: {
            id: string;
            name: string;
            displayName: string;
            organization: components["schemas"]["OrganizationBrief"];
            status: unknown;
            description?: unknown;
            pricePoints?: unknown;
            refundSuccessCriteria?: unknown;
            transactionSuccessCriteria?: unknown;
        };
        MintProductList: {
            product: components["schemas"]["MintProduct"][];
            totalRecords: number;
        };
        DeveloperAppInput: {
            name: string;
            /** @description Names of products. A new key for them is issued. */
            apiProducts?: string[];
            attributes?: components["schemas"]["AttributeInput"][];
            callbackUrl?: string | null;
            appFamily?: string;
            /** @description Milliseconds until the new key expires; -1: never. */
            keyExpiresIn?: number | string;
            scopes?: string[];
        };
        AppKeyProduct: {
            apiproduct: string;
            /** @enum {string} */
            status: "approved" | "revoked";
        };
        AppKey: {
            apiProducts: components["schemas"]["AppKeyProduct"][];
            attributes: components["schemas"]["Attribute"][];
            consumerKey: string;
            /** @description `********` for callers without `integration:write`. */
            consumerSecret: string;
            /**
             * Format: int64
             * @description Milliseconds since 1970; -1: never.
             */
            expiresAt: number;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            issuedAt: number;
            scopes: string[];
            /** @enum {string} */
            status: "approved" | "revoked";
        };
        DeveloperApp: {
            appFamily: string;
            /** Format: uuid */
            appId: string;
            attributes: components["schemas"]["Attribute"][];
            callbackUrl: string;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            createdAt: number;
            createdBy: string;
            /** @description The keys, newest first; absent in lists without keys. */
            credentials?: components["schemas"]["AppKey"][];
            developerId: string;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            lastModifiedAt: number;
            lastModifiedBy: string;
            name: string;
            scopes: string[];
            /** @enum {string} */
            status: "approved" | "revoked";
        };
        DeveloperAppList: {
            app: components["schemas"]["DeveloperApp"][];
        };
        DeveloperAppAnswers: string[] | components["schemas"]["DeveloperAppList"];
        DeveloperAppChange: {
            /** @description Names of products. A new key for them is issued. */
            apiProducts?: string[];
            attributes?: components["schemas"]["AttributeInput"][];
            callbackUrl?: string | null;
            appFamily?: string;
            /** @description Milliseconds until the new key expires; -1: never. */
            keyExpiresIn?: number | string;
            scopes?: string[];
        };
        AppKeyInput: {
            consumerKey?: string;
            consumerSecret?: string;
        };
        AppKeyChange: {
            /** @description Names of products, which are added to those of the key. */
            apiProducts?: string[];
            attributes?: components["schemas"]["AttributeInput"][];
            scopes?: string[];
        };
        /** @enum {string} */
        PackageStatus: "CREATED" | "ACTIVE" | "INACTIVE";
        PackageInput: {
            name: string;
            displayName?: string;
            description?: string;
            /** @default [] */
            product?: {
                id: string;
            }[];
            /** @default CREATED */
            status?: components["schemas"]["PackageStatus"];
        };
        /** @description Texts of more than 500 characters are left out. */
        PackageProduct: {
            id: string;
            name: string;
            displayName: string;
            organization: {
                id: string;
            };
            description?: string;
            status?: string;
            refundSuccessCriteria?: string;
            transactionSuccessCriteria?: string;
        };
        Package: {
            id: string;
            name: string;
            displayName: string;
            description: string;
            status: components["schemas"]["PackageStatus"];
            organization: {
                id: string;
            };
            product: components["schemas"]["PackageProduct"][];
        };
        PackageList: {
            monetizationPackage: components["schemas"]["Package"][];
            totalRecords: number;
        };
        PackageProductInput: Record<string, unknown>;
        RatePlanDetail: {
            [key: string]: unknown;
        };
        RatePlanInput: {
            /** @description Without it, null or empty: `<package id>_<name>`, in lower case and with `_` for spaces. */
            id?: string | null;
            name: string;
            advance?: unknown;
            childRatePlan?: unknown;
            contractDuration?: unknown;
            contractDurationType?: unknown;
            currency?: unknown;
            customPaymentTerm?: unknown;
            description?: unknown;
            developer?: unknown;
            developerCategory?: unknown;
            earlyTerminationFee?: unknown;
            freemiumDuration?: unknown;
            freemiumDurationType?: unknown;
            freemiumUnit?: unknown;
            frequencyDuration?: unknown;
            frequencyDurationType?: unknown;
            isPrivate?: unknown;
            keepOriginalStartDate?: unknown;
            paymentDueDays?: unknown;
            product?: unknown;
            prorate?: unknown;
            /** @description A single entry of type `USAGE_TARGET` and metering type `DEV_SPECIFIC` makes the plan an adjustable notification plan. */
            ratePlanDetails?: components["schemas"]["RatePlanDetail"][];
            recurringFee?: unknown;
            recurringStartUnit?: unknown;
            recurringType?: unknown;
            setUpFee?: unknown;
            displayName?: string;
            type?: string;
            published?: boolean | string;
            /** @description `YYYY-MM-DD HH:mm:ss` in UTC, or `YYYY-MM-DD` for midnight. */
            startDate?: string;
            /** @description `YYYY-MM-DD HH:mm:ss` in UTC, or `YYYY-MM-DD` for midnight. */
            endDate?: string | null;
        };
        RatePlanProduct: {
            id: string;
            name: string;
            displayName: string;
        };
        RatePlanPackage: {
            id: string;
            name: string;
            displayName: string;
            description: string;
            status: string;
            organization: components["schemas"]["OrganizationBrief"];
            product: components["schemas"]["RatePlanProduct"][];
        };
        /** @description Further members that the API family documents are stored and returned unchanged. */
        RatePlan: {
            id: string;
            name: string;
            displayName: string;
            type: string;
            published: boolean;
            startDate: string;
            /** @description Absent while the plan is open-ended. */
            endDate?: string;
            ratePlanDetails: components["schemas"]["RatePlanDetail"][];
            /** @description The plan of which this is a revision, without its own parent. */
            parentRatePlan?: {
                [key: string]: unknown;
            };
            monetizationPackage: components["schemas"]["RatePlanPackage"];
            organization: components["schemas"]["OrganizationBrief"];
            /** @description The currency of the organization unless another one was sent. */
            currency: unknown;
            /** @description `false` unless another value was sent. */
            advance: unknown;
            /** @description `false` unless another value was sent. */
            isPrivate: unknown;
            /** @description `false` unless another value was sent. */
            keepOriginalStartDate: unknown;
            /** @description `false` unless another value was sent. */
            prorate: unknown;
        };
        RatePlanList: {
            ratePlan: components["schemas"]["RatePlan"][];
            totalRecords: number;
        };
        RatePlanChange: {
            name?: string;
            advance?: unknown;
            childRatePlan?: unknown;
            contractDuration?: unknown;
            contractDurationType?: unknown;
            currency?: unknown;
            customPaymentTerm?: unknown;
            description?: unknown;
            developer?: unknown;
            developerCategory?: unknown;
            earlyTerminationFee?: unknown;
            freemiumDuration?: unknown;
            freemiumDurationType?: unknown;
            freemiumUnit?: unknown;
            frequencyDuration?: unknown;
            frequencyDurationType?: unknown;
            isPrivate?: unknown;
            keepOriginalStartDate?: unknown;
            paymentDueDays?: unknown;
            product?: unknown;
            prorate?: unknown;
            /** @description A single entry of type `USAGE_TARGET` and metering type `DEV_SPECIFIC` makes the plan an adjustable notification plan. */
            ratePlanDetails?: components["schemas"]["RatePlanDetail"][];
            recurringFee?: unknown;
            recurringStartUnit?: unknown;
            recurringType?: unknown;
            setUpFee?: unknown;
            displayName?: string;
            type?: string;
            published?: boolean | string;
            /** @description `YYYY-MM-DD HH:mm:ss` in UTC, or `YYYY-MM-DD` for midnight. */
            startDate?: string;
            /** @description `YYYY-MM-DD HH:mm:ss` in UTC, or `YYYY-MM-DD` for midnight. */
            endDate?: string | null;
        };
        RatePlanRevisionInput: {
            /** @description Without it, null, empty or the parent's: `<parent id>_<number>`, with the first free number from 2. */
            id?: string | null;
            name?: string;
            advance?: unknown;
            childRatePlan?: unknown;
            contractDuration?: unknown;
            contractDurationType?: unknown;
            currency?: unknown;
            customPaymentTerm?: unknown;
            description?: unknown;
            developer?: unknown;
            developerCategory?: unknown;
            earlyTerminationFee?: unknown;
            freemiumDuration?: unknown;
            freemiumDurationType?: unknown;
            freemiumUnit?: unknown;
            frequencyDuration?: unknown;
            frequencyDurationType?: unknown;
            isPrivate?: unknown;
            keepOriginalStartDate?: unknown;
            paymentDueDays?: unknown;
            product?: unknown;
            prorate?: unknown;
            /** @description A single entry of type `USAGE_TARGET` and metering type `DEV_SPECIFIC` makes the plan an adjustable notification plan. */
            ratePlanDetails?: components["schemas"]["RatePlanDetail"][];
            recurringFee?: unknown;
            recurringStartUnit?: unknown;
            recurringType?: unknown;
            setUpFee?: unknown;
            displayName?: string;
            type?: string;
            published?: boolean | string;
            /** @description `YYYY-MM-DD HH:mm:ss` in UTC, or `YYYY-MM-DD` for midnight. */
            startDate: string;
            /** @description `YYYY-MM-DD HH:mm:ss` in UTC, or `YYYY-MM-DD` for midnight. */
            endDate?: string | null;
        };
        SubscriptionInput: {
            /** @description Must be the developer in the path, by e-mail address or id. */
            developer?: {
                id: string;
            };
            ratePlan: {
                id: string;
            };
            /** @description `YYYY-MM-DD HH:mm:ss` in UTC, or `YYYY-MM-DD` for midnight. */
            startDate: string;
            /** @description The last day of the subscription, to the end of that day in UTC; the time of day is ignored. */
            endDate?: string | null;
            /** @description Target per billing cycle, in transactions or in units of the custom attribute that the plan counts; 0, the default, turns notifications off. */
            quotaTarget?: number | string;
        };
        Subscription: {
            /** Format: uuid */
            id: string;
            developer: components["schemas"]["MintDeveloper"];
            ratePlan: components["schemas"]["RatePlan"];
            startDate: string;
            /** @description The last day of the subscription; absent while it is open-ended. */
            endDate?: string;
            /** @description Start of the next billing cycle; absent where `usageResetDate` is null. */
            nextCycleStartDate?: string;
            /** @description End of the running contract period of the plan; absent without one, and if the subscription or the plan ends before. */
            renewalDate?: string;
            /** Format: int64 */
            quotaTarget: number;
            created: string;
            updated: string;
            /** @description Transactions that were counted in the running billing cycle, or in the last one after the end; with up to four decimals if the plan counts a custom attribute. */
            usageCount: number;
            /** @description Percentage of `quotaTarget`, rounded down to hundredths; null without a target. */
            usagePercent: number | null;
            /** @description Start of the next billing cycle; null after the end and for plans that count no usage. */
            usageResetDate: string | null;
            /** @description Percentages at which notification conditions of the plan call webhooks, ascending. */
            usageThresholds: number[];
        };
        SubscriptionList: {
            developerRatePlan: components["schemas"]["Subscription"][];
            totalRecords: number;
        };
        SubscriptionUsage: {
            /** @description Transactions that were counted in the running billing cycle, or in the last one after the end; with up to four decimals if the plan counts a custom attribute. */
            usageCount: number;
            /** @description Percentage of `quotaTarget`, rounded down to hundredths; null without a target. */
            usagePercent: number | null;
            /** @description Start of the next billing cycle; null after the end and for plans that count no usage. */
            usageResetDate: string | null;
            /** @description Percentages at which notification conditions of the plan call webhooks, ascending. */
            usageThresholds: number[];
        };
        SubscriptionChange: {
            /** @description The last day of the subscription, to the end of that day in UTC; the time of day is ignored. */
            endDate?: string | null;
            /** @description Target per billing cycle, in transactions or in units of the custom attribute that the plan counts; 0, the default, turns notifications off. */
            quotaTarget?: number | string;
        };
        Webhook: {
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            created: number;
            createdBy: string;
            enabled: boolean;
            /** Format: uuid */
            id: string;
            name: string;
            orgId: string;
            postUrl: string;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            updated: number;
            updatedBy: string;
        };
        WebhookList: {
            totalRecords: number;
            webhooks: components["schemas"]["Webhook"][];
        };
        WebhookInput: {
            /** @description Unique within the organization. */
            name: string;
            /** @description URL to which notifications are sent: http or https, without user info or fragment. */
            postUrl?: string;
            /** @description URL to which notifications are sent: http or https, without user info or fragment. */
            postURL?: string;
            /** @description true or false, also as text. */
            enabled?: boolean | string;
        };
        WebhookDelivery: {
            disable_after_s: number | null;
            /** @description The names, with masked values. */
            headers: {
                [key: string]: "********";
            };
            ordered: boolean;
            rate_limit: components["schemas"]["DeliveryRateLimit"] | null;
            retry_schedule: number[] | null;
            timeout_ms: number | null;
        };
        WebhookDeliveryInput: {
            /**
             * @description Sent with every attempt. Values are encrypted and answered as `********`, which stands for the stored value when it is sent back.
             * @default {}
             */
            headers?: {
                [key: string]: string;
            };
            /** @description Seconds from the end of an attempt to the next one; an empty list is a single attempt. Null: the retries of the gateway. */
            retry_schedule?: number[] | null;
            /** @description Milliseconds to wait for an answer. Null: the time of the gateway. */
            timeout_ms?: number | null;
            /** @default null */
            rate_limit?: components["schemas"]["DeliveryRateLimitInput"] | null;
            /**
             * @description Deliver one at a time, in the order of acceptance; while one waits for its retry, all later ones wait.
             * @default false
             */
            ordered?: boolean;
            /** @description Turn the endpoint off when nothing has been delivered for so many seconds since the first failure, with 10 attempts or more. */
            disable_after_s?: number | null;
            enabled?: unknown;
            event_types?: unknown;
            eventTypes?: unknown;
            retrySchedule?: unknown;
            timeoutMs?: unknown;
            rateLimit?: unknown;
            disableAfterS?: unknown;
        };
        WebhookDeliveryChange: {
            /** @description Headers to set, and with null the ones to remove; others stay. Null in place of the object removes all. */
            headers?: {
                [key: string]: string | null;
            } | null;
            /** @description Seconds from the end of an attempt to the next one; an empty list is a single attempt. Null: the retries of the gateway. */
            retry_schedule?: number[] | null;
            /** @description Milliseconds to wait for an answer. Null: the time of the gateway. */
            timeout_ms?: number | null;
            rate_limit?: components["schemas"]["DeliveryRateLimitInput"] | null;
            /** @description Deliver one at a time, in the order of acceptance; while one waits for its retry, all later ones wait. */
            ordered?: boolean | null;
            /** @description Turn the endpoint off when nothing has been delivered for so many seconds since the first failure, with 10 attempts or more. */
            disable_after_s?: number | null;
            enabled?: unknown;
            event_types?: unknown;
            eventTypes?: unknown;
            retrySchedule?: unknown;
            timeoutMs?: unknown;
            rateLimit?: unknown;
            disableAfterS?: unknown;
        };
        WebhookTriggerTypes: string[];
        WebhookTestCall: {
            /**
             * @default RATEPLANQUOTAUSAGE
             * @enum {string}
             */
            eventTriggerReason: "RATEPLANQUOTAUSAGE";
            /**
             * @description Members of the callback to change from the sample.
             * @default []
             */
            properties: {
                key: string;
                /** @description The value as text or as JSON. */
                value: unknown;
            }[];
        };
        WebhookTestCallInput: {
            /**
             * @default RATEPLANQUOTAUSAGE
             * @enum {string}
             */
            eventTriggerReason?: "RATEPLANQUOTAUSAGE";
            /**
             * @description Members of the callback to change from the sample.
             * @default []
             */
            properties?: {
                key: string;
                /** @description The value as text or as JSON. */
                value: unknown;
            }[];
        };
        SentWebhookTestCall: {
            /** Format: uuid */
            id: string;
        };
        ConditionAttribute: {
            /** Format: uuid */
            id: string;
            attribute: string;
            value: string;
        };
        ConditionAction: {
            /** Format: uuid */
            id: string;
            actionAttribute: string;
            value: string;
            /** @description Address of the webhook; absent after its deletion. */
            postURL?: string;
        };
        Condition: {
            /** Format: uuid */
            id: string;
            notificationCondition: components["schemas"]["ConditionAttribute"][];
            actions: components["schemas"]["ConditionAction"][];
        };
        ConditionList: {
            notificationConditions: components["schemas"]["Condition"][];
            totalRecords: number;
        };
        ConditionAttributeInput: {
            /** @description `RATEPLAN`, `PUBLISHED` or `UsageTarget`. */
            attribute: string;
            value: string;
        };
        ConditionActionInput: {
            /** @description `WEBHOOK`. */
            actionAttribute: string;
            /** @description Id of the webhook. */
            value: string;
        };
        ConditionInput: {
            notificationCondition: components["schemas"]["ConditionAttributeInput"][];
            actions: components["schemas"]["ConditionActionInput"][];
        };
        UsageReportInput: {
            /** @description The application's name, or the `appId` of an app, for the callbacks. */
            application?: {
                id: string;
            };
            /** @description By e-mail address or id. May be left out if `application` is the `appId` of an app. */
            developer?: {
                id: string;
            };
            /**
             * @description `CHARGE` records usage, as a report without a type does; the other types are answered with 501.
             * @enum {string}
             */
            type?: "CHARGE" | "ADJUSTMENT" | "BALANCE" | "CREDIT" | "PURCHASE" | "REFUND" | "RECURRINGFEES" | "SETUPFEES" | "TERMINATIONFEES";
            /** @description The name, also as `<organization>@@@<name>`. */
            product: {
                id: string;
            };
            /**
             * @description Number of transactions.
             * @default 1
             */
            batchSize?: number | string;
            /** @description Custom attribute, with up to four decimals. It is counted, times `batchSize`, for plans that are rated by it. Null is like an omitted one. */
            custAtt1?: number | string | null;
            /** @description Custom attribute, with up to four decimals. It is counted, times `batchSize`, for plans that are rated by it. Null is like an omitted one. */
            custAtt2?: number | string | null;
            /** @description Custom attribute, with up to four decimals. It is counted, times `batchSize`, for plans that are rated by it. Null is like an omitted one. */
            custAtt3?: number | string | null;
            /** @description Custom attribute, with up to four decimals. It is counted, times `batchSize`, for plans that are rated by it. Null is like an omitted one. */
            custAtt4?: number | string | null;
            /** @description Custom attribute, with up to four decimals. It is counted, times `batchSize`, for plans that are rated by it. Null is like an omitted one. */
            custAtt5?: number | string | null;
            /** @description Custom attribute, with up to four decimals. It is counted, times `batchSize`, for plans that are rated by it. Null is like an omitted one. */
            custAtt6?: number | string | null;
            /** @description Custom attribute, with up to four decimals. It is counted, times `batchSize`, for plans that are rated by it. Null is like an omitted one. */
            custAtt7?: number | string | null;
            /** @description Custom attribute, with up to four decimals. It is counted, times `batchSize`, for plans that are rated by it. Null is like an omitted one. */
            custAtt8?: number | string | null;
            /** @description Custom attribute, with up to four decimals. It is counted, times `batchSize`, for plans that are rated by it. Null is like an omitted one. */
            custAtt9?: number | string | null;
            /** @description Custom attribute, with up to four decimals. It is counted, times `batchSize`, for plans that are rated by it. Null is like an omitted one. */
            custAtt10?: number | string | null;
        } & (unknown & unknown);
        UsageReport: {
            /** Format: uuid */
            id: string;
            developer: {
                id: string;
            };
            application?: {
                id: string;
            };
            product: {
                id: string;
            };
            batchSize: number;
            /** @description As it was sent. */
            custAtt1?: number;
            /** @description As it was sent. */
            custAtt2?: number;
            /** @description As it was sent. */
            custAtt3?: number;
            /** @description As it was sent. */
            custAtt4?: number;
            /** @description As it was sent. */
            custAtt5?: number;
            /** @description As it was sent. */
            custAtt6?: number;
            /** @description As it was sent. */
            custAtt7?: number;
            /** @description As it was sent. */
            custAtt8?: number;
            /** @description As it was sent. */
            custAtt9?: number;
            /** @description As it was sent. */
            custAtt10?: number;
        };
        TransactionCriterion: {
            id: string;
            /** @description Ignored. */
            orgId?: string;
        };
        TransactionDeveloperCriterion: {
            id: string;
            /** @description Ignored. */
            orgId?: string;
        };
        TransactionSearch: {
            /** @description Applications, as they were reported. */
            appCriteria?: components["schemas"]["TransactionCriterion"][];
            /** @description Developers, by e-mail address or id. */
            devCriteria?: components["schemas"]["TransactionDeveloperCriterion"][];
            /** @description Products; as `productIds`. */
            prodCriteria?: components["schemas"]["TransactionCriterion"][];
            /** @description Products, by name or `<organization>@@@<name>`. */
            productIds?: string[];
            /** @description Name of a month, such as `JULY`, of `billingYear`. */
            billingMonth?: string;
            billingYear?: string | number;
            /** @description `YYYY-MM-DD HH:mm:ss` in UTC, or `YYYY-MM-DD` for midnight. */
            fromDate?: string;
            /** @description `YYYY-MM-DD HH:mm:ss` in UTC, or `YYYY-MM-DD` for midnight. */
            toDate?: string;
            /** @description Every transaction has the type `CHARGE`. */
            transactionTypes?: string[];
            /** @description Every transaction has the status `SUCCESS`. */
            transactionStatus?: string[];
        };
        Transaction: {
            /** Format: uuid */
            id: string;
            application?: {
                id: string;
                name?: string;
            };
            batchSize: number;
            custAtt1?: number;
            custAtt2?: number;
            custAtt3?: number;
            custAtt4?: number;
            custAtt5?: number;
            custAtt6?: number;
            custAtt7?: number;
            custAtt8?: number;
            custAtt9?: number;
            custAtt10?: number;
            developer: {
                id: string;
                email: string;
            };
            product: {
                id: string;
                name: string;
            };
            /** @description Time of the report, in UTC, as in the other three times. */
            startTime: string;
            endTime: string;
            utcStartTime: string;
            utcEndTime: string;
            /** @enum {string} */
            status: "SUCCESS";
            /** @enum {string} */
            type: "CHARGE";
        };
        TransactionList: {
            totalRecords: number;
            transaction: components["schemas"]["Transaction"][];
        };
        ApplicationWithTransactions: {
            id: string;
            name: string;
            organization: {
                id: string;
            };
        };
        ApplicationsWithTransactions: {
            application: components["schemas"]["ApplicationWithTransactions"][];
            totalRecords: number;
        };
        DeveloperWithTransactions: {
            id: string;
            email: string;
            name: string;
            legalName: string;
            organization: {
                id: string;
            };
        };
        DevelopersWithTransactions: {
            developer: components["schemas"]["DeveloperWithTransactions"][];
            totalRecords: number;
        };
        ProductWithTransactions: {
            id: string;
            name: string;
            displayName: string;
            organization: {
                id: string;
            };
        };
        ProductsWithTransactions: {
            product: components["schemas"]["ProductWithTransactions"][];
            totalRecords: number;
        };
        PackageWithTransactions: {
            id: string;
            name: string;
            displayName: string;
            description: string;
            status: string;
            organization: {
                id: string;
            };
        };
        PackagesWithTransactions: {
            monetizationPackage: components["schemas"]["PackageWithTransactions"][];
            totalRecords: number;
        };
        CalledWebhook: {
            /** Format: uuid */
            id: string;
            /** @description Null if the webhook has been deleted. */
            name: string | null;
            /**
             * Format: uuid
             * @description Null if the webhook was disabled and not called.
             */
            delivery_id: string | null;
        };
        UsageNotification: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            fired_at: string;
            /** @description The threshold, in percent of the quota target. */
            percentage: number;
            developer: {
                email: string;
                first_name: string;
                last_name: string;
            };
            plan: {
                id: string;
                name: string;
            };
            /** Format: uuid */
            subscription_id: string;
            /** @description Webhooks of the conditions, disabled ones included. */
            webhook_count: number;
            /** @description Callbacks to webhooks that were enabled. */
            delivery_count: number;
            /** @description At most 20 of them. */
            webhooks: components["schemas"]["CalledWebhook"][];
        };
        UsageNotificationPage: {
            data: components["schemas"]["UsageNotification"][];
            /** Format: uuid */
            next_cursor: string | null;
        };
        /** @enum {string} */
        NotificationItemStatus: "QUEUED" | "NOTIFICATION_SENT" | "FAILED";
        NotificationItem: {
            /** Format: uuid */
            id: string;
            orgId: string;
            webhook: {
                id: string;
            };
            triggerReason: string;
            /** @description True for test calls. */
            test: boolean;
            status: components["schemas"]["NotificationItemStatus"];
            /** @description State of the delivery, in more detail than `status`. */
            deliveryStatus: string;
            attempts: number;
            /** @description Status code of the last attempt that received an answer. */
            responseCode: number | null;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            nextAttempt: number | null;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            created: number;
            /**
             * Format: int64
             * @description Time at which the notification was settled; before that, time of its acceptance.
             */
            updated: number;
        };
        NotificationItemList: {
            hasMoreItems: boolean;
            notificationServiceItems: components["schemas"]["NotificationItem"][];
        };
        NotificationItemWithBody: {
            /** Format: uuid */
            id: string;
            orgId: string;
            webhook: {
                id: string;
            };
            triggerReason: string;
            /** @description True for test calls. */
            test: boolean;
            status: components["schemas"]["NotificationItemStatus"];
            /** @description State of the delivery, in more detail than `status`. */
            deliveryStatus: string;
            attempts: number;
            /** @description Status code of the last attempt that received an answer. */
            responseCode: number | null;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            nextAttempt: number | null;
            /**
             * Format: int64
             * @description Milliseconds since 1970.
             */
            created: number;
            /**
             * Format: int64
             * @description Time at which the notification was settled; before that, time of its acceptance.
             */
            updated: number;
            notification: {
                [key: string]: unknown;
            };
        };
        WebhookChange: {
            /** @description Unique within the organization. */
            name?: string;
            /** @description URL to which notifications are sent: http or https, without user info or fragment. */
            postURL?: string;
            /** @description URL to which notifications are sent: http or https, without user info or fragment. */
            postUrl?: string;
            /** @description true or false, also as text. */
            enabled?: boolean | string;
        };
        TargetUpstream: {
            origin: string;
            /**
             * @description Result of the last health checks; `up` without them.
             * @enum {string}
             */
            state: "up" | "down";
            /**
             * @description State of the circuit breaker.
             * @enum {string}
             */
            breaker: "closed" | "open" | "half_open";
            in_flight: number;
        };
        Target: {
            name: string;
            /**
             * @description `plugin`: it runs in the process of the gateway.
             * @enum {string}
             */
            kind: "plugin" | "remote";
            summary: string | null;
            prefixes: string[];
            hosts: string[];
            /**
             * @description `down`: no upstream is up with a closed breaker; `degraded`: some are not.
             * @enum {string}
             */
            state: "up" | "degraded" | "down";
            requests_per_second: number;
            /** @description Estimated median of the times from the head of a request to the end of its response. */
            p50_ms: number | null;
            /** @description Estimated 99th percentile of the same times. */
            p99_ms: number | null;
            /** @description Part of the responses with a status of 500 or above, 0 to 1; null without calls. */
            error_rate: number | null;
            upstreams: components["schemas"]["TargetUpstream"][];
        };
        TargetList: {
            data: components["schemas"]["Target"][];
        };
    };
    responses: never;
    parameters: {
        /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
        IdempotencyKey: string;
        /** @description Makes the change only if the resource still has one of these `ETag`s, separated by commas; `*` stands for any. Else 412. */
        IfMatch: string;
        /** @description `ETag`s that the caller knows, separated by commas: a resource that still has one is answered by 304. */
        IfNoneMatch: string;
        /** @description The organization that the call acts for, where the credentials cover several. */
        Organization: string;
        /** @description The organization that the call acts for, where the credentials cover several. With credentials for all organizations, `*` reads across them. */
        OrganizationOrAll: string;
    };
    requestBodies: never;
    headers: {
        /** @description The id of the request in the log: the one that the caller sent, if it is short and safe, else a new one. */
        "X-Request-Id": string;
        /** @description Whole seconds to wait before the call is sent again. */
        "Retry-After": number;
        /** @description The accepted kinds of credentials. */
        "WWW-Authenticate": string;
        /** @description Identifies the state of the resource, for `If-Match` and `If-None-Match`. */
        ETag: string;
        /** @description Present: the response is the kept one of the first call with this `Idempotency-Key`. */
        "Idempotent-Replayed": "true";
        /** @description The limit that runs out first: its name, the calls left (`r`) and the seconds until it is full again (`t`). */
        RateLimit: string;
        /** @description The limit that runs out first: its name, the number of calls (`q`) and the seconds that it counts for (`w`). */
        "RateLimit-Policy": string;
        /** @description The number of calls of that limit, for clients that do not read `RateLimit-Policy`. */
        "RateLimit-Limit": number;
        /** @description Its calls left. */
        "RateLimit-Remaining": number;
        /** @description Seconds until it is full again. */
        "RateLimit-Reset": number;
    };
    pathItems: never;
}
export type ApiError = components['schemas']['ApiError'];
export type ApiKeyCredentials = components['schemas']['ApiKeyCredentials'];
export type TokenPair = components['schemas']['TokenPair'];
export type RefreshTokenInput = components['schemas']['RefreshTokenInput'];
export type JsonWebKey = components['schemas']['JsonWebKey'];
export type JsonWebKeySet = components['schemas']['JsonWebKeySet'];
export type SignInMethods = components['schemas']['SignInMethods'];
export type ConsoleSignIn = components['schemas']['ConsoleSignIn'];
export type ConsolePortal = components['schemas']['ConsolePortal'];
export type ConsoleSession = components['schemas']['ConsoleSession'];
export type RenewedConsoleSession = components['schemas']['RenewedConsoleSession'];
export type DistributorAuthenticationInput = components['schemas']['DistributorAuthenticationInput'];
export type DistributorMetaInput = components['schemas']['DistributorMetaInput'];
export type DistributorInput = components['schemas']['DistributorInput'];
export type DistributorAuthentication = components['schemas']['DistributorAuthentication'];
export type DistributorMeta = components['schemas']['DistributorMeta'];
export type Distributor = components['schemas']['Distributor'];
export type DistributorPage = components['schemas']['DistributorPage'];
export type SigningSecret = components['schemas']['SigningSecret'];
export type DeliveryRateLimit = components['schemas']['DeliveryRateLimit'];
export type DistributorDelivery = components['schemas']['DistributorDelivery'];
export type DeliveryRateLimitInput = components['schemas']['DeliveryRateLimitInput'];
export type DistributorDeliveryInput = components['schemas']['DistributorDeliveryInput'];
export type DistributorDeliveryChange = components['schemas']['DistributorDeliveryChange'];
export type EventTypeInput = components['schemas']['EventTypeInput'];
export type EventType = components['schemas']['EventType'];
export type EventTypePage = components['schemas']['EventTypePage'];
export type PublishedEventInput = components['schemas']['PublishedEventInput'];
export type PublishedEvent = components['schemas']['PublishedEvent'];
export type AcceptedDelivery = components['schemas']['AcceptedDelivery'];
export type Publication = components['schemas']['Publication'];
export type Event = components['schemas']['Event'];
export type AcceptedEvent = components['schemas']['AcceptedEvent'];
export type TestEventInput = components['schemas']['TestEventInput'];
export type EventItem = components['schemas']['EventItem'];
export type EventPage = components['schemas']['EventPage'];
export type Endpoint = components['schemas']['Endpoint'];
export type DeliveryStatus = components['schemas']['DeliveryStatus'];
export type Delivery = components['schemas']['Delivery'];
export type EventWithDeliveries = components['schemas']['EventWithDeliveries'];
export type EventRedeliveryInput = components['schemas']['EventRedeliveryInput'];
export type RedeliveredDelivery = components['schemas']['RedeliveredDelivery'];
export type SkippedDelivery = components['schemas']['SkippedDelivery'];
export type EventRedelivery = components['schemas']['EventRedelivery'];
export type DeliveryError = components['schemas']['DeliveryError'];
export type DeliveryPage = components['schemas']['DeliveryPage'];
export type DeliveryCount = components['schemas']['DeliveryCount'];
export type AttemptTls = components['schemas']['AttemptTls'];
export type Attempt = components['schemas']['Attempt'];
export type DeliveryWithAttempts = components['schemas']['DeliveryWithAttempts'];
export type DeliveryFilter = components['schemas']['DeliveryFilter'];
export type RedeliveryInput = components['schemas']['RedeliveryInput'];
export type RedeliveryCount = components['schemas']['RedeliveryCount'];
export type RedeliveryJob = components['schemas']['RedeliveryJob'];
export type BacklogEntry = components['schemas']['BacklogEntry'];
export type Backlog = components['schemas']['Backlog'];
export type StatisticsStep = components['schemas']['StatisticsStep'];
export type StatisticsPoint = components['schemas']['StatisticsPoint'];
export type Statistics = components['schemas']['Statistics'];
export type StatisticsEndpointKind = components['schemas']['StatisticsEndpointKind'];
export type FailingEndpointState = components['schemas']['FailingEndpointState'];
export type EndpointState = components['schemas']['EndpointState'];
export type EndpointStatistics = components['schemas']['EndpointStatistics'];
export type EndpointStatisticsPage = components['schemas']['EndpointStatisticsPage'];
export type Organization = components['schemas']['Organization'];
export type OrganizationPage = components['schemas']['OrganizationPage'];
export type OrganizationNames = components['schemas']['OrganizationNames'];
export type MintErrorContext = components['schemas']['MintErrorContext'];
export type MintError = components['schemas']['MintError'];
export type OrganizationInput = components['schemas']['OrganizationInput'];
export type Attribute = components['schemas']['Attribute'];
export type OrganizationDetails = components['schemas']['OrganizationDetails'];
export type EnvironmentNames = components['schemas']['EnvironmentNames'];
export type OrganizationProfileInput = components['schemas']['OrganizationProfileInput'];
export type OrganizationProfile = components['schemas']['OrganizationProfile'];
export type SupportedCurrency = components['schemas']['SupportedCurrency'];
export type SupportedCurrencyList = components['schemas']['SupportedCurrencyList'];
export type PortalLinkInput = components['schemas']['PortalLinkInput'];
export type PortalLink = components['schemas']['PortalLink'];
export type AttributeInput = components['schemas']['AttributeInput'];
export type DeveloperInput = components['schemas']['DeveloperInput'];
export type Developer = components['schemas']['Developer'];
export type DeveloperList = components['schemas']['DeveloperList'];
export type DeveloperListOrKeys = components['schemas']['DeveloperListOrKeys'];
export type DeveloperChange = components['schemas']['DeveloperChange'];
export type AttributeListInput = components['schemas']['AttributeListInput'];
export type AttributeList = components['schemas']['AttributeList'];
export type AttributeValue = components['schemas']['AttributeValue'];
export type OrganizationBrief = components['schemas']['OrganizationBrief'];
export type MintDeveloper = components['schemas']['MintDeveloper'];
export type MintDeveloperList = components['schemas']['MintDeveloperList'];
export type ProductInput = components['schemas']['ProductInput'];
export type Product = components['schemas']['Product'];
export type ProductList = components['schemas']['ProductList'];
export type ProductListOrKeys = components['schemas']['ProductListOrKeys'];
export type ProductChange = components['schemas']['ProductChange'];
export type MintProduct = components['schemas']['MintProduct'];
export type MintProductList = components['schemas']['MintProductList'];
export type DeveloperAppInput = components['schemas']['DeveloperAppInput'];
export type AppKeyProduct = components['schemas']['AppKeyProduct'];
export type AppKey = components['schemas']['AppKey'];
export type DeveloperApp = components['schemas']['DeveloperApp'];
export type DeveloperAppList = components['schemas']['DeveloperAppList'];
export type DeveloperAppAnswers = components['schemas']['DeveloperAppAnswers'];
export type DeveloperAppChange = components['schemas']['DeveloperAppChange'];
export type AppKeyInput = components['schemas']['AppKeyInput'];
export type AppKeyChange = components['schemas']['AppKeyChange'];
export type PackageStatus = components['schemas']['PackageStatus'];
export type PackageInput = components['schemas']['PackageInput'];
export type PackageProduct = components['schemas']['PackageProduct'];
export type Package = components['schemas']['Package'];
export type PackageList = components['schemas']['PackageList'];
export type PackageProductInput = components['schemas']['PackageProductInput'];
export type RatePlanDetail = components['schemas']['RatePlanDetail'];
export type RatePlanInput = components['schemas']['RatePlanInput'];
export type RatePlanProduct = components['schemas']['RatePlanProduct'];
export type RatePlanPackage = components['schemas']['RatePlanPackage'];
export type RatePlan = components['schemas']['RatePlan'];
export type RatePlanList = components['schemas']['RatePlanList'];
export type RatePlanChange = components['schemas']['RatePlanChange'];
export type RatePlanRevisionInput = components['schemas']['RatePlanRevisionInput'];
export type SubscriptionInput = components['schemas']['SubscriptionInput'];
export type Subscription = components['schemas']['Subscription'];
export type SubscriptionList = components['schemas']['SubscriptionList'];
export type SubscriptionUsage = components['schemas']['SubscriptionUsage'];
export type SubscriptionChange = components['schemas']['SubscriptionChange'];
export type Webhook = components['schemas']['Webhook'];
export type WebhookList = components['schemas']['WebhookList'];
export type WebhookInput = components['schemas']['WebhookInput'];
export type WebhookDelivery = components['schemas']['WebhookDelivery'];
export type WebhookDeliveryInput = components['schemas']['WebhookDeliveryInput'];
export type WebhookDeliveryChange = components['schemas']['WebhookDeliveryChange'];
export type WebhookTriggerTypes = components['schemas']['WebhookTriggerTypes'];
export type WebhookTestCall = components['schemas']['WebhookTestCall'];
export type WebhookTestCallInput = components['schemas']['WebhookTestCallInput'];
export type SentWebhookTestCall = components['schemas']['SentWebhookTestCall'];
export type ConditionAttribute = components['schemas']['ConditionAttribute'];
export type ConditionAction = components['schemas']['ConditionAction'];
export type Condition = components['schemas']['Condition'];
export type ConditionList = components['schemas']['ConditionList'];
export type ConditionAttributeInput = components['schemas']['ConditionAttributeInput'];
export type ConditionActionInput = components['schemas']['ConditionActionInput'];
export type ConditionInput = components['schemas']['ConditionInput'];
export type UsageReportInput = components['schemas']['UsageReportInput'];
export type UsageReport = components['schemas']['UsageReport'];
export type TransactionCriterion = components['schemas']['TransactionCriterion'];
export type TransactionDeveloperCriterion = components['schemas']['TransactionDeveloperCriterion'];
export type TransactionSearch = components['schemas']['TransactionSearch'];
export type Transaction = components['schemas']['Transaction'];
export type TransactionList = components['schemas']['TransactionList'];
export type ApplicationWithTransactions = components['schemas']['ApplicationWithTransactions'];
export type ApplicationsWithTransactions = components['schemas']['ApplicationsWithTransactions'];
export type DeveloperWithTransactions = components['schemas']['DeveloperWithTransactions'];
export type DevelopersWithTransactions = components['schemas']['DevelopersWithTransactions'];
export type ProductWithTransactions = components['schemas']['ProductWithTransactions'];
export type ProductsWithTransactions = components['schemas']['ProductsWithTransactions'];
export type PackageWithTransactions = components['schemas']['PackageWithTransactions'];
export type PackagesWithTransactions = components['schemas']['PackagesWithTransactions'];
export type CalledWebhook = components['schemas']['CalledWebhook'];
export type UsageNotification = components['schemas']['UsageNotification'];
export type UsageNotificationPage = components['schemas']['UsageNotificationPage'];
export type NotificationItemStatus = components['schemas']['NotificationItemStatus'];
export type NotificationItem = components['schemas']['NotificationItem'];
export type NotificationItemList = components['schemas']['NotificationItemList'];
export type NotificationItemWithBody = components['schemas']['NotificationItemWithBody'];
export type WebhookChange = components['schemas']['WebhookChange'];
export type TargetUpstream = components['schemas']['TargetUpstream'];
export type Target = components['schemas']['Target'];
export type TargetList = components['schemas']['TargetList'];
export type ParameterIdempotencyKey = components['parameters']['IdempotencyKey'];
export type ParameterIfMatch = components['parameters']['IfMatch'];
export type ParameterIfNoneMatch = components['parameters']['IfNoneMatch'];
export type ParameterOrganization = components['parameters']['Organization'];
export type ParameterOrganizationOrAll = components['parameters']['OrganizationOrAll'];
export type HeaderXRequestId = components['headers']['X-Request-Id'];
export type HeaderRetryAfter = components['headers']['Retry-After'];
export type HeaderWwwAuthenticate = components['headers']['WWW-Authenticate'];
export type HeaderETag = components['headers']['ETag'];
export type HeaderIdempotentReplayed = components['headers']['Idempotent-Replayed'];
export type HeaderRateLimit = components['headers']['RateLimit'];
export type HeaderRateLimitPolicy = components['headers']['RateLimit-Policy'];
export type HeaderRateLimitLimit = components['headers']['RateLimit-Limit'];
export type HeaderRateLimitRemaining = components['headers']['RateLimit-Remaining'];
export type HeaderRateLimitReset = components['headers']['RateLimit-Reset'];
export type $defs = Record<string, never>;
export interface operations {
    createAccessToken: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "authentication";
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ApiKeyCredentials"];
            };
        };
        responses: {
            /** @description A new access and refresh token. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenPair"];
                };
            };
        };
    };
    refreshAccessToken: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "authentication";
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshTokenInput"];
            };
        };
        responses: {
            /** @description A new access and refresh token. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenPair"];
                };
            };
        };
    };
    listPublicKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A JSON Web Key Set (RFC 7517). */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JsonWebKeySet"];
                };
            };
        };
    };
    getSignInMethods: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether people can sign in at the outside identity provider, and the version of the gateway. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInMethods"];
                };
            };
        };
    };
    createConsoleSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConsoleSignIn"];
            };
        };
        responses: {
            /** @description The session. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    /** @description The cookie of the session, which no script reads. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsoleSession"];
                };
            };
        };
    };
    endConsoleSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No session is left. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    /** @description The cookie of the session, which no script reads. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    renewConsoleSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session, with a new access token; null without a session, or if it has ended. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    /** @description The cookie of the session, which no script reads. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RenewedConsoleSession"];
                };
            };
        };
    };
    startProviderSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: never;
    };
    finishProviderSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: never;
    };
    listNodeDistributors: {
        parameters: {
            query?: {
                page?: number;
                per_page?: number;
            };
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                node_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of distributors. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DistributorPage"];
                };
            };
        };
    };
    createDistributor: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                node_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DistributorInput"];
            };
        };
        responses: {
            /** @description The distributor, with the credentials as sent. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    /** @description State of the distributor, for `If-Match`. */
                    ETag?: string;
                    /** @description Path of the distributor. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Distributor"];
                };
            };
        };
    };
    listDistributors: {
        parameters: {
            query?: {
                page?: number;
                per_page?: number;
            };
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of distributors. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DistributorPage"];
                };
            };
        };
    };
    getDistributorSecret: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The signing secret. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningSecret"];
                };
            };
        };
    };
    rotateDistributorSecret: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The signing secret. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningSecret"];
                };
            };
        };
    };
    getDistributorDelivery: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description `ETag`s that the caller knows, separated by commas: a resource that still has one is answered by 304. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery settings, with masked values of headers. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DistributorDelivery"];
                };
            };
        };
    };
    updateDistributorDelivery: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description Makes the change only if the resource still has one of these `ETag`s, separated by commas; `*` stands for any. Else 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DistributorDeliveryInput"];
            };
        };
        responses: {
            /** @description The delivery settings, with masked values of headers. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DistributorDelivery"];
                };
            };
        };
    };
    patchDistributorDelivery: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description Makes the change only if the resource still has one of these `ETag`s, separated by commas; `*` stands for any. Else 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DistributorDeliveryChange"];
            };
        };
        responses: {
            /** @description The delivery settings, with masked values of headers. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DistributorDelivery"];
                };
            };
        };
    };
    getEventType: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event type. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventType"];
                };
            };
        };
    };
    putEventType: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventTypeInput"];
            };
        };
        responses: {
            /** @description The event type was replaced. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventType"];
                };
            };
            /** @description The event type was created. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    /** @description Path of the event type. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventType"];
                };
            };
        };
    };
    deleteEventType: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event type was deleted. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listEventTypes: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of event types, a short one if their texts are large. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTypePage"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                type?: string;
                from?: string;
                to?: string;
                limit?: number;
                cursor?: string;
            };
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. With credentials for all organizations, `*` reads across them. */
                "X-Organization"?: components["parameters"]["OrganizationOrAll"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of events; `next_cursor` is null on the last page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
        };
    };
    publishEvent: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PublishedEventInput"];
            };
        };
        responses: {
            /** @description The event was accepted and stored, with a delivery for each distributor. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Publication"];
                };
            };
        };
    };
    sendEvent: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Event"];
            };
        };
        responses: {
            /** @description The event was accepted: it is stored and is sent until the endpoint has received it or the retries are used up. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedEvent"];
                };
            };
        };
    };
    sendTestEvent: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TestEventInput"];
            };
        };
        responses: {
            /** @description The test event was accepted. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Publication"];
                };
            };
        };
    };
    sendNodeEvent: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                node_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Event"];
            };
        };
        responses: {
            /** @description The event was accepted: it is stored and is sent until the endpoint has received it or the retries are used up. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedEvent"];
                };
            };
        };
    };
    getEvent: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. With credentials for all organizations, `*` reads across them. */
                "X-Organization"?: components["parameters"]["OrganizationOrAll"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventWithDeliveries"];
                };
            };
        };
    };
    redeliverEvent: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventRedeliveryInput"];
            };
        };
        responses: {
            /** @description The deliveries that were queued again, and the ones that could not be. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventRedelivery"];
                };
            };
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                status?: components["schemas"]["DeliveryStatus"];
                endpoint?: string;
                type?: string;
                event?: string;
                node?: string;
                error?: components["schemas"]["DeliveryError"];
                last_status?: number;
                url_host?: string;
                from?: string;
                to?: string;
                limit?: number;
                cursor?: string;
            };
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. With credentials for all organizations, `*` reads across them. */
                "X-Organization"?: components["parameters"]["OrganizationOrAll"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of deliveries; `next_cursor` is null on the last page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryPage"];
                };
            };
        };
    };
    countDeliveries: {
        parameters: {
            query?: {
                status?: components["schemas"]["DeliveryStatus"];
                endpoint?: string;
                type?: string;
                event?: string;
                node?: string;
                error?: components["schemas"]["DeliveryError"];
                last_status?: number;
                url_host?: string;
                from?: string;
                to?: string;
            };
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. With credentials for all organizations, `*` reads across them. */
                "X-Organization"?: components["parameters"]["OrganizationOrAll"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The number of matching deliveries. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryCount"];
                };
            };
        };
    };
    getDelivery: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. With credentials for all organizations, `*` reads across them. */
                "X-Organization"?: components["parameters"]["OrganizationOrAll"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryWithAttempts"];
                };
            };
        };
    };
    cancelDelivery: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery was cancelled and will not be sent. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
        };
    };
    redeliverDelivery: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery was queued again. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
        };
    };
    createRedeliveryJob: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RedeliveryInput"];
            };
        };
        responses: {
            /** @description Number of matching deliveries, with `dry_run`. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RedeliveryCount"];
                };
            };
            /** @description The job that redelivers them. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    /** @description Path of the job. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RedeliveryJob"];
                };
            };
        };
    };
    getRedeliveryJob: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RedeliveryJob"];
                };
            };
        };
    };
    cancelRedeliveryJob: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job was cancelled. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getBacklog: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. With credentials for all organizations, `*` reads across them. */
                "X-Organization"?: components["parameters"]["OrganizationOrAll"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At most 1000 endpoints, the largest backlog first. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Backlog"];
                };
            };
        };
    };
    getStatistics: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
                step?: components["schemas"]["StatisticsStep"];
                endpoint?: string;
            };
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counts of each step. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statistics"];
                };
            };
        };
    };
    listEndpointStatistics: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
                kind?: components["schemas"]["StatisticsEndpointKind"];
                endpoints?: string;
                state?: components["schemas"]["FailingEndpointState"];
                failing?: boolean;
                limit?: number;
                cursor?: string;
            };
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of endpoints; `next_cursor` is null on the last page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointStatisticsPage"];
                };
            };
        };
    };
    listOrganizations: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header: {
                "X-Target-Server": "integration";
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of organizations; `next_cursor` is null on the last page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationPage"];
                };
            };
        };
    };
    listOrganizationNames: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The names, in the order of their bytes. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationNames"];
                };
            };
        };
    };
    getOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The organization. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationDetails"];
                };
            };
        };
    };
    updateOrganization: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["OrganizationInput"];
            };
        };
        responses: {
            /** @description The organization. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationDetails"];
                };
            };
        };
    };
    listEnvironments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The names. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentNames"];
                };
            };
        };
    };
    getOrganizationProfile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The profile. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationProfile"];
                };
            };
        };
    };
    updateOrganizationProfile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["OrganizationProfileInput"];
            };
        };
        responses: {
            /** @description The profile. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationProfile"];
                };
            };
        };
    };
    listSupportedCurrencies: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The currency. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupportedCurrencyList"];
                };
            };
        };
    };
    getSupportedCurrency: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                currency: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The currency. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupportedCurrency"];
                };
            };
        };
    };
    createPortalLink: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PortalLinkInput"];
            };
        };
        responses: {
            /** @description The link. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PortalLink"];
                };
            };
        };
    };
    getDistributor: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description `ETag`s that the caller knows, separated by commas: a resource that still has one is answered by 304. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The distributor, with masked credentials. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Distributor"];
                };
            };
        };
    };
    updateDistributor: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description Makes the change only if the resource still has one of these `ETag`s, separated by commas; `*` stands for any. Else 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DistributorInput"];
            };
        };
        responses: {
            /** @description The distributor, with the credentials as sent. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Distributor"];
                };
            };
        };
    };
    deleteDistributor: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "integration";
                /** @description Makes the change only if the resource still has one of these `ETag`s, separated by commas; `*` stands for any. Else 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The distributor was deleted. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listDevelopers: {
        parameters: {
            query?: {
                expand?: boolean;
                count?: number;
                startKey?: string;
                all?: boolean;
                size?: number;
                page?: number;
                app?: string;
            };
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The addresses; with `expand=true` the developers, and the total number of records. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeveloperListOrKeys"];
                };
            };
        };
    };
    createDeveloper: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeveloperInput"];
            };
        };
        responses: {
            /** @description The developer. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Developer"];
                };
            };
        };
    };
    getDeveloper: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The developer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Developer"];
                };
            };
        };
    };
    updateDeveloper: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DeveloperChange"];
            };
        };
        responses: {
            /** @description The developer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Developer"];
                };
            };
        };
    };
    updateDeveloperByPost: {
        parameters: {
            query?: {
                action?: "active" | "inactive";
            };
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DeveloperChange"];
            };
        };
        responses: {
            /** @description The developer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Developer"];
                };
            };
            /** @description The status was set by `action`. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteDeveloper: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deleted developer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Developer"];
                };
            };
        };
    };
    listDeveloperAttributes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attributes. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttributeList"];
                };
            };
        };
    };
    updateDeveloperAttributes: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AttributeListInput"];
            };
        };
        responses: {
            /** @description The attributes. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttributeList"];
                };
            };
        };
    };
    getDeveloperAttribute: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                attribute: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attribute. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attribute"];
                };
            };
        };
    };
    updateDeveloperAttribute: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                email: string;
                attribute: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AttributeValue"];
            };
        };
        responses: {
            /** @description The attribute. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attribute"];
                };
            };
        };
    };
    deleteDeveloperAttribute: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                attribute: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attribute that was deleted. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attribute"];
                };
            };
        };
    };
    listMintDevelopers: {
        parameters: {
            query?: {
                all?: boolean;
                size?: number;
                page?: number;
            };
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The requested part of the list, and the total number of records. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MintDeveloperList"];
                };
            };
        };
    };
    getMintDeveloper: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The developer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MintDeveloper"];
                };
            };
        };
    };
    listProducts: {
        parameters: {
            query?: {
                expand?: boolean;
                count?: number;
                startKey?: string;
                all?: boolean;
                size?: number;
                page?: number;
                attributename?: string;
                attributevalue?: string;
            };
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The names; with `expand=true` the products, and the total number of records. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductListOrKeys"];
                };
            };
        };
    };
    createProduct: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProductInput"];
            };
        };
        responses: {
            /** @description The product. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
        };
    };
    getProduct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The product. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
        };
    };
    updateProduct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ProductChange"];
            };
        };
        responses: {
            /** @description The product. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
        };
    };
    updateProductByPost: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ProductChange"];
            };
        };
        responses: {
            /** @description The product. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
        };
    };
    deleteProduct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The product that was deleted. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
        };
    };
    listProductAttributes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attributes. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttributeList"];
                };
            };
        };
    };
    updateProductAttributes: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AttributeListInput"];
            };
        };
        responses: {
            /** @description The attributes. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttributeList"];
                };
            };
        };
    };
    getProductAttribute: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                name: string;
                attribute: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attribute. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attribute"];
                };
            };
        };
    };
    updateProductAttribute: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                name: string;
                attribute: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AttributeValue"];
            };
        };
        responses: {
            /** @description The attribute. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attribute"];
                };
            };
        };
    };
    deleteProductAttribute: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                name: string;
                attribute: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attribute that was deleted. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attribute"];
                };
            };
        };
    };
    listMintProducts: {
        parameters: {
            query?: {
                all?: boolean;
                size?: number;
                page?: number;
                monetized?: boolean;
            };
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The requested part of the list, and the total number of records. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MintProductList"];
                };
            };
        };
    };
    getMintProduct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                product_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The product. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MintProduct"];
                };
            };
        };
    };
    listEligibleProducts: {
        parameters: {
            query?: {
                all?: boolean;
                size?: number;
                page?: number;
            };
            header?: never;
            path: {
                org_name: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The requested part of the list, and the total number of records. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MintProductList"];
                };
            };
        };
    };
    listDeveloperApps: {
        parameters: {
            query?: {
                expand?: boolean;
                shallowExpand?: boolean;
                count?: number;
                startKey?: string;
            };
            header?: never;
            path: {
                org_name: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The names; with `expand=true` the apps. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeveloperAppAnswers"];
                };
            };
        };
    };
    createDeveloperApp: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeveloperAppInput"];
            };
        };
        responses: {
            /** @description The app, with its keys. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeveloperApp"];
                };
            };
        };
    };
    getDeveloperApp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                app_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The app, with its keys. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeveloperApp"];
                };
            };
        };
    };
    updateDeveloperApp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                app_name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DeveloperAppChange"];
            };
        };
        responses: {
            /** @description The app, with its keys. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeveloperApp"];
                };
            };
        };
    };
    updateDeveloperAppByPost: {
        parameters: {
            query?: {
                action?: "approve" | "revoke";
            };
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                email: string;
                app_name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DeveloperAppChange"];
            };
        };
        responses: {
            /** @description The app, with its keys. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeveloperApp"];
                };
            };
            /** @description The status was set by `action`. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteDeveloperApp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                app_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deleted app. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeveloperApp"];
                };
            };
        };
    };
    listDeveloperAppAttributes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                app_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attributes. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttributeList"];
                };
            };
        };
    };
    updateDeveloperAppAttributes: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                email: string;
                app_name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AttributeListInput"];
            };
        };
        responses: {
            /** @description The attributes. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttributeList"];
                };
            };
        };
    };
    getDeveloperAppAttribute: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                app_name: string;
                attribute: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attribute. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attribute"];
                };
            };
        };
    };
    updateDeveloperAppAttribute: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                email: string;
                app_name: string;
                attribute: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AttributeValue"];
            };
        };
        responses: {
            /** @description The attribute. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attribute"];
                };
            };
        };
    };
    deleteDeveloperAppAttribute: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                app_name: string;
                attribute: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attribute that was deleted. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attribute"];
                };
            };
        };
    };
    createAppKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                email: string;
                app_name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AppKeyInput"];
            };
        };
        responses: {
            /** @description The key. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppKey"];
                };
            };
        };
    };
    getAppKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                app_name: string;
                consumer_key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppKey"];
                };
            };
        };
    };
    updateAppKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                app_name: string;
                consumer_key: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AppKeyChange"];
            };
        };
        responses: {
            /** @description The key. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppKey"];
                };
            };
        };
    };
    updateAppKeyByPost: {
        parameters: {
            query?: {
                action?: "approve" | "revoke";
            };
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                email: string;
                app_name: string;
                consumer_key: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AppKeyChange"];
            };
        };
        responses: {
            /** @description The key. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppKey"];
                };
            };
            /** @description The status was set by `action`. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteAppKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                app_name: string;
                consumer_key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deleted key. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppKey"];
                };
            };
        };
    };
    updateAppKeyProduct: {
        parameters: {
            query: {
                action: "approve" | "revoke";
            };
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                email: string;
                app_name: string;
                consumer_key: string;
                product: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The status was set by `action`. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deleteAppKeyProduct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                app_name: string;
                consumer_key: string;
                product: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppKey"];
                };
            };
        };
    };
    listAppKeyAttributes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                app_name: string;
                consumer_key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attributes. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttributeList"];
                };
            };
        };
    };
    updateAppKeyAttributes: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                email: string;
                app_name: string;
                consumer_key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AttributeListInput"];
            };
        };
        responses: {
            /** @description The attributes. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttributeList"];
                };
            };
        };
    };
    getAppKeyAttribute: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                app_name: string;
                consumer_key: string;
                attribute: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attribute. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attribute"];
                };
            };
        };
    };
    updateAppKeyAttribute: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                email: string;
                app_name: string;
                consumer_key: string;
                attribute: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AttributeValue"];
            };
        };
        responses: {
            /** @description The attribute. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attribute"];
                };
            };
        };
    };
    deleteAppKeyAttribute: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                app_name: string;
                consumer_key: string;
                attribute: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attribute that was deleted. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attribute"];
                };
            };
        };
    };
    listApps: {
        parameters: {
            query?: {
                expand?: boolean;
                includeCred?: boolean;
                count?: number;
                rows?: number;
                startKey?: string;
                status?: string;
                apptype?: string;
                appfamily?: string;
            };
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ids; with `expand=true` the apps. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeveloperAppAnswers"];
                };
            };
        };
    };
    getApp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The app, with its keys. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeveloperApp"];
                };
            };
        };
    };
    deleteApp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                app_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deleted app. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeveloperApp"];
                };
            };
        };
    };
    listPackages: {
        parameters: {
            query?: {
                all?: boolean;
                size?: number;
                page?: number;
                monetized?: boolean;
            };
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The requested part of the list, and the total number of records. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageList"];
                };
            };
        };
    };
    createPackage: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PackageInput"];
            };
        };
        responses: {
            /** @description The package. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Package"];
                };
            };
        };
    };
    listPackagesOfDeveloper: {
        parameters: {
            query?: {
                all?: boolean;
                size?: number;
                page?: number;
                current?: boolean;
                allAvailable?: boolean;
            };
            header?: never;
            path: {
                org_name: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The requested part of the list, and the total number of records. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackageList"];
                };
            };
        };
    };
    createPackageProduct: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                package_id: string;
                product_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PackageProductInput"];
            };
        };
        responses: {
            /** @description The package. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Package"];
                };
            };
        };
    };
    deletePackageProduct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                package_id: string;
                product_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The package does not have the product any more. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getPackage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                package_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The package. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Package"];
                };
            };
        };
    };
    deletePackage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                package_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The package was deleted. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listPackageRatePlans: {
        parameters: {
            query?: {
                current?: boolean;
                all?: boolean;
                size?: number;
                page?: number;
            };
            header?: never;
            path: {
                org_name: string;
                package_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The requested part of the list, and the total number of records. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RatePlanList"];
                };
            };
        };
    };
    createRatePlan: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                package_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RatePlanInput"];
            };
        };
        responses: {
            /** @description The rate plan. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RatePlan"];
                };
            };
        };
    };
    listRatePlans: {
        parameters: {
            query?: {
                current?: boolean;
                all?: boolean;
                size?: number;
                page?: number;
            };
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The requested part of the list, and the total number of records. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RatePlanList"];
                };
            };
        };
    };
    getRatePlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                package_id: string;
                plan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rate plan. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RatePlan"];
                };
            };
        };
    };
    updateRatePlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                package_id: string;
                plan_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RatePlanChange"];
            };
        };
        responses: {
            /** @description The rate plan. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RatePlan"];
                };
            };
        };
    };
    deleteRatePlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                package_id: string;
                plan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rate plan was deleted. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getRatePlanById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                plan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rate plan. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RatePlan"];
                };
            };
        };
    };
    deleteRatePlanById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                plan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rate plan was deleted. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    createRatePlanRevision: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                package_id: string;
                plan_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RatePlanRevisionInput"];
            };
        };
        responses: {
            /** @description The revision. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RatePlan"];
                };
            };
        };
    };
    listActiveRatePlans: {
        parameters: {
            query?: {
                all?: boolean;
                size?: number;
                page?: number;
            };
            header?: never;
            path: {
                org_name: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The requested part of the list, and the total number of records. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RatePlanList"];
                };
            };
        };
    };
    createSubscription: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubscriptionInput"];
            };
        };
        responses: {
            /** @description The subscription. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
        };
    };
    listSubscriptions: {
        parameters: {
            query?: {
                all?: boolean;
                size?: number;
                page?: number;
            };
            header?: never;
            path: {
                org_name: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The requested part of the list, and the total number of records. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionList"];
                };
            };
        };
    };
    getSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The subscription. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
        };
    };
    updateSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SubscriptionChange"];
            };
        };
        responses: {
            /** @description The subscription. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
        };
    };
    getSubscriptionUsage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The count, its percentage of the target, and the date on which it starts again from 0. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubscriptionUsage"];
                };
            };
        };
    };
    getRatePlanOfProduct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                email: string;
                product_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rate plan. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RatePlan"];
                };
            };
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                all?: boolean;
                size?: number;
                page?: number;
                sort?: string;
                name?: string;
            };
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The requested webhooks; `totalRecords` counts all pages. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookList"];
                };
            };
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookInput"];
            };
        };
        responses: {
            /** @description The webhook. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    /** @description State of the webhook, for `If-Match`. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    getWebhookDelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description `ETag`s that the caller knows, separated by commas: a resource that still has one is answered by 304. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                org_name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery settings, with masked values of headers. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
        };
    };
    updateWebhookDelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the change only if the resource still has one of these `ETag`s, separated by commas; `*` stands for any. Else 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                org_name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookDeliveryInput"];
            };
        };
        responses: {
            /** @description The delivery settings, with masked values of headers. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
        };
    };
    patchWebhookDelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the change only if the resource still has one of these `ETag`s, separated by commas; `*` stands for any. Else 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                org_name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookDeliveryChange"];
            };
        };
        responses: {
            /** @description The delivery settings, with masked values of headers. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
        };
    };
    getWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The signing secret. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningSecret"];
                };
            };
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The signing secret. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningSecret"];
                };
            };
        };
    };
    listWebhookTriggerTypes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                id: string;
                developer_email: string;
                app_id: string;
                product_id: string;
                rateplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The trigger types. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTriggerTypes"];
                };
            };
        };
    };
    sendWebhookTestCall: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                id: string;
                developer_email: string;
                app_id: string;
                product_id: string;
                rateplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WebhookTestCallInput"];
            };
        };
        responses: {
            /** @description The test call was accepted; `id` is the id of its delivery. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentWebhookTestCall"];
                };
            };
        };
    };
    getWebhookTestCall: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                id: string;
                developer_email: string;
                app_id: string;
                product_id: string;
                rateplan_id: string;
                trigger_type: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A sample that can be edited and posted. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTestCall"];
                };
            };
        };
    };
    listConditions: {
        parameters: {
            query?: {
                all?: boolean;
                size?: number;
                page?: number;
            };
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The requested conditions and the total number of conditions. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConditionList"];
                };
            };
        };
    };
    createCondition: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConditionInput"];
            };
        };
        responses: {
            /** @description The condition. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Condition"];
                };
            };
        };
    };
    reportUsage: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UsageReportInput"];
            };
        };
        responses: {
            /** @description The report was stored and counted. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageReport"];
                };
            };
        };
    };
    listTransactions: {
        parameters: {
            query?: {
                all?: boolean;
                size?: number;
                page?: number;
            };
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TransactionSearch"];
            };
        };
        responses: {
            /** @description The requested part of the list, and the total number of records. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransactionList"];
                };
            };
        };
    };
    listDeveloperTransactions: {
        parameters: {
            query?: {
                limit?: number;
                productId?: string;
                utctime?: string;
                utctime2?: string;
                utctme?: string;
                utctme2?: string;
            };
            header?: never;
            path: {
                org_name: string;
                email: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The transactions. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransactionList"];
                };
            };
        };
    };
    listApplicationsWithTransactions: {
        parameters: {
            query: {
                START_DATE: string;
                END_DATE: string;
            };
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list, sorted by id. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationsWithTransactions"];
                };
            };
        };
    };
    listDevelopersWithTransactions: {
        parameters: {
            query: {
                START_DATE: string;
                END_DATE: string;
            };
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list, sorted by id. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DevelopersWithTransactions"];
                };
            };
        };
    };
    listProductsWithTransactions: {
        parameters: {
            query: {
                START_DATE: string;
                END_DATE: string;
            };
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list, sorted by id. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProductsWithTransactions"];
                };
            };
        };
    };
    listPackagesWithTransactions: {
        parameters: {
            query: {
                START_DATE: string;
                END_DATE: string;
            };
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list, sorted by id. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackagesWithTransactions"];
                };
            };
        };
    };
    listUsageNotifications: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
                limit?: number;
                cursor?: string;
            };
            header: {
                "X-Target-Server": "integration";
                /** @description The organization that the call acts for, where the credentials cover several. */
                "X-Organization"?: components["parameters"]["Organization"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of fired thresholds; `next_cursor` is null on the last page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageNotificationPage"];
                };
            };
        };
    };
    listNotificationItems: {
        parameters: {
            query?: {
                startdate?: string;
                enddate?: string;
                status?: components["schemas"]["NotificationItemStatus"];
            };
            header?: never;
            path: {
                org_name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest items. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationItemList"];
                };
            };
        };
    };
    getNotificationItem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The item, with the notification's body. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationItemWithBody"];
                };
            };
        };
    };
    reprocessNotificationItem: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The notification was queued again. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationItem"];
                };
            };
        };
    };
    getCondition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The condition. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Condition"];
                };
            };
        };
    };
    updateCondition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConditionInput"];
            };
        };
        responses: {
            /** @description The condition. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Condition"];
                };
            };
        };
    };
    deleteCondition: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                org_name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The condition was deleted. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description `ETag`s that the caller knows, separated by commas: a resource that still has one is answered by 304. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                org_name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    updateWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the change only if the resource still has one of these `ETag`s, separated by commas; `*` stands for any. Else 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                org_name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WebhookChange"];
            };
        };
        responses: {
            /** @description The webhook. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    updateWebhookByPost: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the change only if the resource still has one of these `ETag`s, separated by commas; `*` stands for any. Else 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
                /** @description Makes a retry safe: the same key and body within 24 hours return the first response without a second effect. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                org_name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WebhookChange"];
            };
        };
        responses: {
            /** @description The webhook. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    deleteWebhook: {
        parameters: {
            query?: {
                forceDelete?: boolean;
            };
            header?: {
                /** @description Makes the change only if the resource still has one of these `ETag`s, separated by commas; `*` stands for any. Else 412. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                org_name: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook was deleted. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listTargets: {
        parameters: {
            query?: never;
            header: {
                "X-Target-Server": "gateway";
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All targets, by name. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "RateLimit-Limit": components["headers"]["RateLimit-Limit"];
                    "RateLimit-Remaining": components["headers"]["RateLimit-Remaining"];
                    "RateLimit-Reset": components["headers"]["RateLimit-Reset"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TargetList"];
                };
            };
        };
    };
}

/** Codes of the gateway itself. */
export type GatewayErrorCode =
  | 'VALIDATION_ERROR'
  | 'MALFORMED_JSON'
  | 'TARGET_REQUIRED'
  | 'ORGANIZATION_REQUIRED'
  | 'DUPLICATE_HEADER'
  | 'BAD_REQUEST_TARGET'
  | 'BAD_REQUEST'
  | 'UPGRADE_REFUSED'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'ORIGIN_REFUSED'
  | 'NOT_FOUND'
  | 'TARGET_UNKNOWN'
  | 'NOT_SERVED_HERE'
  | 'METHOD_NOT_ALLOWED'
  | 'REQUEST_TIMEOUT'
  | 'CONFLICT'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_KEY_IN_USE'
  | 'DISTRIBUTOR_HAS_NO_WEBHOOK'
  | 'DELIVERY_IN_FLIGHT'
  | 'DELIVERY_HELD'
  | 'DELIVERY_SETTLED'
  | 'ENDPOINT_GONE'
  | 'LIMIT_REACHED'
  | 'PRECONDITION_FAILED'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'RATE_LIMITED'
  | 'HEADERS_TOO_LARGE'
  | 'INTERNAL_ERROR'
  | 'UPSTREAM_UNREACHABLE'
  | 'UPSTREAM_INVALID'
  | 'OVERLOADED'
  | 'PAGES_UNAVAILABLE'
  | 'DATABASE_UNAVAILABLE'
  | 'STORAGE_UNAVAILABLE'
  | 'ISSUER_UNAVAILABLE'
  | 'UPSTREAM_CIRCUIT_OPEN'
  | 'TARGET_BUSY'
  | 'UPSTREAM_TIMEOUT'
  | 'HANDLER_TIMEOUT'
  | 'QUERY_TIMEOUT';
