# Tags name exact versions. A tag can be moved, a digest cannot: where you deploy, write the digest behind each,
# as `docker buildx imagetools inspect debian:12.11-slim` shows it (FROM debian:12.11-slim@sha256:...), and renew
# both together. None stands here: this file was written where no registry of images could be reached to look them up.
FROM rust:1.95.0-slim-bookworm AS build
WORKDIR /build
COPY . .
RUN SQLX_OFFLINE=true cargo build --release --locked

FROM debian:12.11-slim
RUN apt-get update \
    && apt-get upgrade --yes \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 treatywatch \
    && install --directory --owner treatywatch --mode 0700 /data
COPY --from=build /build/target/release/treatywatch /usr/local/bin/treatywatch
USER treatywatch
WORKDIR /data
VOLUME /data
ENV TREATYWATCH_DB=/data/treatywatch.db
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["treatywatch", "health"]
CMD ["treatywatch", "serve"]
