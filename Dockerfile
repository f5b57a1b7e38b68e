FROM rust:1.95-slim-bookworm AS build
WORKDIR /build
COPY . .
RUN SQLX_OFFLINE=true cargo build --release --locked

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 treatywatch \
    && install --directory --owner treatywatch /data
COPY --from=build /build/target/release/treatywatch /usr/local/bin/treatywatch
USER treatywatch
WORKDIR /data
VOLUME /data
ENV TREATYWATCH_DB=/data/treatywatch.db
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD curl --fail --silent http://127.0.0.1:8490/healthz
CMD ["treatywatch", "serve"]
