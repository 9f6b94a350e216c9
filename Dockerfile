# Small and without root: the compiled program and what it needs at run time. No embedded PostgreSQL; give it DATABASE_URL.
ARG NODE_IMAGE=node:22-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY connectors connectors
COPY jobs jobs
RUN npx tsc -p tsconfig.build.json --sourceMap false --declaration false

FROM ${NODE_IMAGE} AS libraries
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional are only the PostgreSQL binaries and an accelerator whose absence is noticed and made up for.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
COPY --from=libraries /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
COPY package.json LICENSE kontor.schema.json /app/
COPY bin /app/bin
COPY templates /app/templates
RUN ln -s /app/bin/kontor.js /usr/local/bin/kontor
# Mount kontor.yaml and the folders it names here.
WORKDIR /config
USER node
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["kontor", "health"]
ENTRYPOINT ["kontor"]
CMD ["worker"]
