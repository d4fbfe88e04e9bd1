# The console alone is built: what builds it stays behind.
FROM node:24-slim AS console
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --ignore-scripts
COPY scripts scripts
COPY src src
RUN node scripts/build-console.ts

# The sources run as they are: Node 24 strips the types.
FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
# npm runs it, and without the packages that build it builds nothing.
COPY scripts/build-console.ts scripts/
RUN npm ci --omit=dev
COPY bin bin
COPY src src
COPY fixtures fixtures
COPY --from=console /app/dist/console/web dist/console/web
# Records, and the embedded database that keeps them when DATABASE_URL is not set: one container a volume.
ENV DATA_DIR=/data
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT||8080}/healthz`).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# Calls go on at another node, or may finish for 30 s after SIGTERM; `docker stop` kills after 10 unless told otherwise: -t 60.
STOPSIGNAL SIGTERM
# The flags are explained in bin/liveline.js.
CMD ["node", "--max-semi-space-size=8", "--heap-growing-percent=300", "src/main.ts"]
